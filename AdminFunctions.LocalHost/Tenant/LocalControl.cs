using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>What only a local tenant may offer, under <c>/_local</c>: tokens for the asking, counts, faults, users, rotations.</summary>
/// <param name="tenant">The tenant.</param>
internal sealed class LocalControl(LocalTenant tenant)
{
    /// <summary>Where it begins.</summary>
    public const string BasePath = "/_local";

    private const int MaxTokenSeconds = 10 * 365 * 86_400;

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(BasePath + "/token", Guarded(TokenAsync));
        routes.MapGet(BasePath + "/stats", Guarded(context => context.AnswerAsync(200, tenant.Stats.ToJson())));
        routes.MapPost(BasePath + "/faults", Guarded(AddFaultsAsync));
        routes.MapDelete(BasePath + "/faults", Guarded(context => DoneAsync(context, tenant.Faults.Clear)));
        routes.MapPost(BasePath + "/users", Guarded(PutUsersAsync));
        routes.MapPost(BasePath + "/rotate-secret", Guarded(RotateSecretAsync));
        routes.MapPost(BasePath + "/revoke-tokens", Guarded(context => DoneAsync(context, tenant.RevokeManagementTokens)));
        routes.MapPost(BasePath + "/rotate-keys", Guarded(RotateKeysAsync));
    }

    /// <summary>Any web page can make a browser send requests here: only pages served from this machine may.</summary>
    private static RequestDelegate Guarded(RequestDelegate answer) => context =>
        context.Request.Headers.Origin is { Count: > 0 } origin && !AuthorizeEndpoint.IsLoopback(origin.ToString(), out _)
            ? SentenceAsync(context, 403, $"Pages of {origin} may not use {BasePath}; pages served from this machine may.")
            : answer(context);

    private async Task TokenAsync(HttpContext context)
    {
        const string Good = """{"sub":"auth0|anyone","permissions":["read:users"],"expiresIn":3600}""";
        if (await BodyAsync(context, LocalControlJson.Default.TokenRequest, Good) is not { } request)
        {
            return;
        }

        if (request.Sub is not { Length: > 0 })
        {
            await SentenceAsync(context, 400, "sub is missing: the user id the token is for, such as \"auth0|anyone\".");
        }
        else if (Math.Abs((long)request.ExpiresIn) > MaxTokenSeconds)
        {
            await SentenceAsync(context, 400, $"expiresIn must be between -{MaxTokenSeconds} and {MaxTokenSeconds} seconds.");
        }
        else
        {
            await context.AnswerAsync(200, new JsonObject
            {
                ["access_token"] = tenant.MintAccessToken(
                    request.Sub, request.Permissions ?? [], TimeSpan.FromSeconds(request.ExpiresIn), request.Audience, request.Scope ?? "", request.OrgId),
            });
        }
    }

    private async Task AddFaultsAsync(HttpContext context)
    {
        const string Good = """[{"match":"GET /api/v2/users","times":3,"status":429,"headers":{"Retry-After":"1"},"body":{},"delayMs":0}]""";
        if (await BodyAsync(context, FaultJson.Default.FaultArray, Good) is not { } faults)
        {
            return;
        }

        if (faults.Select(fault => fault is null ? "A fault must not be null." : fault.Invalid()).FirstOrDefault(reason => reason is not null) is { } reason)
        {
            await SentenceAsync(context, 400, reason);
            return;
        }
        tenant.Faults.Add(faults!);
        context.Response.StatusCode = 204;
    }

    private async Task PutUsersAsync(HttpContext context)
    {
        const string Good = """[{"user_id":"auth0|anyone","name":"Any One","email":"anyone@example.com"}]""";
        if (await BodyAsync(context, LocalControlJson.Default.NewUserArray, Good) is not { } users)
        {
            return;
        }

        if (Array.Exists(users, static user => user?.UserId?.Split('|') is not [{ Length: > 0 }, { Length: > 0 }, ..]))
        {
            await SentenceAsync(context, 400, "user_id is missing or no user id: a provider, a | and an id, such as \"auth0|anyone\".");
            return;
        }

        tenant.Users.Put(users.Select(user => user.ToTenantUser(tenant.Now)));
        context.Response.StatusCode = 204;
    }

    private async Task RotateSecretAsync(HttpContext context)
    {
        if (await BodyAsync(context, LocalControlJson.Default.RotateSecretRequest, """{"revokeTokens":true}""", optional: true) is not { } request)
        {
            return;
        }

        tenant.RotateClientSecret();
        if (request.RevokeTokens)
        {
            tenant.RevokeManagementTokens();
        }

        context.Response.StatusCode = 204;
    }

    private async Task RotateKeysAsync(HttpContext context)
    {
        if (await BodyAsync(context, LocalControlJson.Default.RotateKeysRequest, """{"revokePrevious":true}""", optional: true) is not { } request)
        {
            return;
        }

        tenant.SigningKeys.Rotate(request.RevokePrevious);
        context.Response.StatusCode = 204;
    }

    private static Task DoneAsync(HttpContext context, Action action)
    {
        action();
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    /// <summary>Reads the body, whatever its content type says; null when it is not what it should be, and that has been answered.</summary>
    private static async Task<T?> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type, string good, bool optional = false)
        where T : class
    {
        using var body = new StreamReader(context.Request.Body);
        var text = await body.ReadToEndAsync(context.RequestAborted);
        try
        {
            if (optional && text.Length is 0)
            {
                text = "{}";
            }

            if (JsonSerializer.Deserialize(text, type) is { } value)
            {
                return value;
            }

            await SentenceAsync(context, 400, $"The body must not be null. A good one: {good}");
        }
        catch (JsonException exception)
        {
            await SentenceAsync(context, 400,
                $"The body is not what {context.Request.Method} {context.Request.Path} takes, for instance {good}. {exception.Message}");
        }
        return null;
    }

    private static Task SentenceAsync(HttpContext context, int status, string sentence) =>
        context.AnswerAsync(status, new JsonObject { ["error"] = sentence });
}

internal sealed record TokenRequest(
    string? Sub,
    string[]? Permissions,
    string? Audience,
    string? Scope,
    [property: JsonPropertyName("org_id")] string? OrgId,
    int ExpiresIn = 86_400);

internal sealed record RotateSecretRequest(bool RevokeTokens);

internal sealed record RotateKeysRequest(bool RevokePrevious);

/// <summary>A user, in the Management API's words; what is left out is as for someone who signed up just now.</summary>
internal sealed record NewUser(
    [property: JsonPropertyName("user_id")] string UserId,
    string? Name,
    string? Email,
    [property: JsonPropertyName("email_verified")] bool? EmailVerified,
    string? Username,
    [property: JsonPropertyName("phone_number")] string? PhoneNumber,
    [property: JsonPropertyName("given_name")] string? GivenName,
    [property: JsonPropertyName("family_name")] string? FamilyName,
    string? Nickname,
    string? Picture,
    string? Connection,
    [property: JsonPropertyName("created_at")] DateTime? CreatedAt,
    [property: JsonPropertyName("last_login")] DateTime? LastLogin,
    [property: JsonPropertyName("last_ip")] string? LastIp,
    [property: JsonPropertyName("logins_count")] int? LoginsCount,
    bool Blocked)
{
    /// <summary>The user of the tenant.</summary>
    /// <param name="now">When it is created, if nothing else is said.</param>
    public TenantUser ToTenantUser(DateTime now)
    {
        var bar = UserId.IndexOf('|', StringComparison.Ordinal);
        var (provider, id) = (UserId[..bar], UserId[(bar + 1)..]);
        var created = CreatedAt?.ToUniversalTime() ?? now;
        return new TenantUser
        {
            UserId = UserId,
            Identities = [new(new(Connection ?? (provider is "auth0" ? "Username-Password-Authentication" : provider), provider), id)],
            CreatedAt = created,
            UpdatedAt = created,
            Name = Name ?? Email ?? UserId,
            Email = Email,
            EmailVerified = EmailVerified ?? (Email is null ? null : false),
            Username = Username,
            PhoneNumber = PhoneNumber,
            GivenName = GivenName,
            FamilyName = FamilyName,
            Nickname = Nickname,
            Picture = Picture,
            LastLogin = LastLogin?.ToUniversalTime(),
            LastIp = LastIp,
            LoginsCount = LoginsCount,
            Blocked = Blocked,
        };
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(NewUser[]))]
[JsonSerializable(typeof(RotateSecretRequest))]
[JsonSerializable(typeof(RotateKeysRequest))]
internal sealed partial class LocalControlJson : JsonSerializerContext;
