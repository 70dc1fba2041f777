using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AdminFunctions.Settings;
using AdminFunctions.Users;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Deletions;

/// <summary>
/// Signs and verifies the tokens of plans: compact JSON Web Signatures (RFC 7515) with HS256 and nothing else. Each kind has a <c>typ</c>
/// of its own, so that none can be used in the place of another (RFC 8725, section 3.11).
/// </summary>
public sealed class PlanTokens(PlanKeys keys, IOptions<Auth0Options> auth0, IOptions<UsersOptions> users, TimeProvider time)
{
    private static readonly JsonWebTokenHandler Handler = new();

    /// <summary>The issuer of all plans of this tenant.</summary>
    public string Issuer => $"https://{auth0.Value.Domain}/";

    /// <summary>When a plan that is made now expires.</summary>
    public DateTimeOffset Expiry() => time.GetUtcNow() + users.Value.PlansExpireAfter;

    /// <summary>Returns the key that signs a plan. One key signs all of it.</summary>
    /// <inheritdoc cref="PlanKeys.GetSigningKeyAsync"/>
    public Task<SecurityKey> GetSigningKeyAsync(CancellationToken cancellationToken) => keys.GetSigningKeyAsync(cancellationToken);

    /// <summary>Signs a ticket.</summary>
    internal static string Sign(Ticket ticket, SecurityKey key) => Sign(ticket, PlanJson.Unescaped.Ticket, Ticket.Type, key);

    /// <summary>Signs a seal.</summary>
    internal static string Sign(Seal seal, SecurityKey key) => Sign(seal, PlanJson.Unescaped.Seal, Seal.Type, key);

    /// <summary>Signs an approval.</summary>
    internal static string Sign(Approval approval, SecurityKey key) => Sign(approval, PlanJson.Unescaped.Approval, Approval.Type, key);

    /// <summary>Verifies a ticket.</summary>
    /// <exception cref="InvalidRequestException">It is not a ticket of this tenant, or it was altered.</exception>
    /// <exception cref="PlanRefusedException">It has expired.</exception>
    /// <exception cref="Management.VaultException">The client secret could not be read.</exception>
    internal Task<Ticket> VerifyTicketAsync(string token, CancellationToken cancellationToken) =>
        VerifyAsync(token, "ticket", Ticket.Type, PlanJson.Default.Ticket, cancellationToken);

    /// <summary>Verifies a seal.</summary>
    /// <inheritdoc cref="VerifyTicketAsync"/>
    internal Task<Seal> VerifySealAsync(string token, CancellationToken cancellationToken) =>
        VerifyAsync(token, "seal", Seal.Type, PlanJson.Default.Seal, cancellationToken);

    /// <summary>Verifies an approval.</summary>
    /// <inheritdoc cref="VerifyTicketAsync"/>
    internal Task<Approval> VerifyApprovalAsync(string token, CancellationToken cancellationToken) =>
        VerifyAsync(token, "approval", Approval.Type, PlanJson.Default.Approval, cancellationToken);

    private static string Sign<T>(T claims, JsonTypeInfo<T> type, string typ, SecurityKey key) => Handler.CreateToken(
        JsonSerializer.Serialize(claims, type),
        new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        new Dictionary<string, object>(StringComparer.Ordinal) { [JwtHeaderParameterNames.Typ] = typ });

    private async Task<T> VerifyAsync<T>(
        string token, string parameter, string typ, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : PlanClaims
    {
        var key = KeyIdOf(token) is { } keyId
            ? await keys.FindAsync(keyId, cancellationToken) ?? throw UnknownKey(parameter)
            : throw Altered(parameter);
        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidTypes = [typ],
            ValidIssuer = Issuer,
            ValidateAudience = false,
            ClockSkew = TimeSpan.Zero,
            LifetimeValidator = (_, expires, _, _) =>
                expires > time.GetUtcNow().UtcDateTime ? true : throw new SecurityTokenExpiredException(),
        });
        return result switch
        {
            { IsValid: true, SecurityToken: JsonWebToken { EncodedPayload: { } payload } } =>
                Read(payload, type) ?? throw Altered(parameter),
            { Exception: SecurityTokenExpiredException } => throw new PlanRefusedException(
                PlanRefusal.Expired, "The plan has expired. This call changed nothing. Plan again to find the users who are left."),
            _ => throw Altered(parameter),
        };
    }

    private static string? KeyIdOf(string token)
    {
        try
        {
            return token.Count(static character => character is '.') is 2 && Handler.CanReadToken(token)
                && Handler.ReadJsonWebToken(token).Kid is { Length: > 0 } keyId ? keyId : null;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    private static T? Read<T>(string payload, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Base64UrlEncoder.DecodeBytes(payload), type);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static InvalidRequestException Altered(string parameter) => new(
        parameter, $"This is not the {parameter} of a plan of this tenant, or it was altered. Send it exactly as it was in the plan.");

    private static PlanRefusedException UnknownKey(string parameter) => new(
        PlanRefusal.Expired,
        $"The {parameter} was signed with a client secret that has been rotated since, or it was altered. This call changed "
            + "nothing. Plan again to find the users who are left.");
}

/// <summary>Reads and writes the claims of plans' tokens.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Ticket))]
[JsonSerializable(typeof(Seal))]
[JsonSerializable(typeof(Approval))]
internal sealed partial class PlanJson : JsonSerializerContext
{
    /// <summary>Does not escape characters such as ö, so that IDs take as few bytes as possible.</summary>
    public static PlanJson Unescaped => field ??=
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
