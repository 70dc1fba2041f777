using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AdminFunctions.Access;

/// <summary>What a caller's access token says, once it has been found good.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="Permissions">Those of its <c>permissions</c> that are among <see cref="Access.Permissions"/>.</param>
/// <param name="Organization">
/// The organization that it was issued for: its <c>org_id</c>; empty if it names one in any other form than Auth0's;
/// <see langword="null"/> if it names none (https://auth0.com/docs/manage-users/organizations/using-tokens).
/// </param>
/// <param name="ExpiresAt">Its <c>exp</c>.</param>
/// <param name="VouchedForBy">The configuration whose keys signed it.</param>
internal sealed record AccessToken(Caller Caller, string[] Permissions, string? Organization, DateTimeOffset ExpiresAt, OpenIdConnectConfiguration VouchedForBy)
{
    /// <summary>Reads a validated token.</summary>
    public static AccessToken Of(JsonWebToken token, OpenIdConnectConfiguration configuration) =>
        new(new Caller(token.Subject, token.Azp), PermissionsOf(token), OrganizationOf(token), new DateTimeOffset(token.ValidTo), configuration);

    private static string? OrganizationOf(JsonWebToken token) =>
        token.TryGetPayloadValue<object>("org_id", out var id) ? id as string ?? ""
        : token.TryGetPayloadValue<object>("org_name", out _) ? ""
        : null;

    private static string[] PermissionsOf(JsonWebToken token) =>
        token.TryGetPayloadValue<JsonElement>("permissions", out var permissions) && permissions.ValueKind is JsonValueKind.Array
            ? [.. Access.Permissions.All.Where(known => permissions.EnumerateArray().Any(entry => entry.ValueKind is JsonValueKind.String && entry.ValueEquals(known)))]
            : [];
}
