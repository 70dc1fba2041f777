using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AdminFunctions.Access;

/// <summary>What a caller's access token says, once it has been found good.</summary>
/// <param name="Caller">Whose it is.</param>
/// <param name="Permissions">Those of its <c>permissions</c> that are among <see cref="Access.Permissions"/>.</param>
/// <param name="ExpiresAt">Its <c>exp</c>.</param>
/// <param name="VouchedForBy">The configuration whose keys signed it.</param>
internal sealed record AccessToken(Caller Caller, string[] Permissions, DateTimeOffset ExpiresAt, OpenIdConnectConfiguration VouchedForBy)
{
    /// <summary>Reads a validated token.</summary>
    public static AccessToken Of(JsonWebToken token, OpenIdConnectConfiguration configuration) =>
        new(new Caller(token.Subject, token.Azp), PermissionsOf(token), new DateTimeOffset(token.ValidTo), configuration);

    private static string[] PermissionsOf(JsonWebToken token) =>
        token.TryGetPayloadValue<JsonElement>("permissions", out var permissions) && permissions.ValueKind is JsonValueKind.Array
            ? [.. Access.Permissions.All.Where(known => permissions.EnumerateArray().Any(entry => entry.ValueKind is JsonValueKind.String && entry.ValueEquals(known)))]
            : [];
}
