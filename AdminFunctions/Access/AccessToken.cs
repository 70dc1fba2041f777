using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AdminFunctions.Access;

/// <summary>The contents of a valid access token.</summary>
/// <param name="Caller">The caller whose token it is, with their permissions.</param>
/// <param name="Organization">
/// The organization that it was issued for: its <c>org_id</c>. Empty if it names an organization in another form than Auth0's,
/// <see langword="null"/> if it names none (https://auth0.com/docs/manage-users/organizations/using-tokens).
/// </param>
/// <param name="ExpiresAt">Its <c>exp</c> claim.</param>
/// <param name="VouchedForBy">The configuration with the key that signed it.</param>
internal sealed record AccessToken(
    Caller Caller, string? Organization, DateTimeOffset ExpiresAt, OpenIdConnectConfiguration VouchedForBy)
{
    /// <summary>Reads a validated token.</summary>
    public static AccessToken Of(JsonWebToken token, OpenIdConnectConfiguration configuration) => new(
        new Caller(token.Subject, token.Azp) { Permissions = PermissionsOf(token) },
        OrganizationOf(token),
        new DateTimeOffset(token.ValidTo),
        configuration);

    private static string? OrganizationOf(JsonWebToken token) =>
        token.TryGetPayloadValue<object>("org_id", out var id) ? id as string ?? ""
        : token.TryGetPayloadValue<object>("org_name", out _) ? ""
        : null;

    private static string[] PermissionsOf(JsonWebToken token) =>
        token.TryGetPayloadValue<JsonElement>("permissions", out var permissions) && permissions.ValueKind is JsonValueKind.Array
            ? [.. Permissions.All.Where(known =>
                permissions.EnumerateArray().Any(entry => entry.ValueKind is JsonValueKind.String && entry.ValueEquals(known)))]
            : [];
}
