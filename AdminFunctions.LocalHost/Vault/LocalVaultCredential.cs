using System.Security.Cryptography;
using System.Text;
using Azure.Core;

namespace AdminFunctions.LocalHost.Vault;

/// <summary>
/// The credential of a local vault, in place of a managed identity or a developer's sign-in. It returns a random token that only
/// this vault accepts.
/// </summary>
internal sealed class LocalVaultCredential : TokenCredential
{
    private readonly string _token = "local-vault-token-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <inheritdoc/>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(_token, TimeProvider.System.GetUtcNow().AddDays(1));

    /// <inheritdoc/>
    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));

    /// <summary>Whether an <c>Authorization</c> header contains the token.</summary>
    internal bool IsIn(string authorization) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(authorization), Encoding.UTF8.GetBytes($"Bearer {_token}"));
}
