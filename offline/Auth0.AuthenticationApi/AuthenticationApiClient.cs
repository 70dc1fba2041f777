using Auth0.AuthenticationApi.Models;

namespace Auth0.AuthenticationApi;

/// <summary>The Authentication API: only its client-credentials grant and its password change.</summary>
/// <param name="baseUri">The tenant, <c>https://tenant.eu.auth0.com</c>.</param>
/// <param name="connection">Sends the requests.</param>
public class AuthenticationApiClient(Uri baseUri, IAuthenticationConnection connection) : IDisposable
{
    /// <param name="domain">The tenant, <c>tenant.eu.auth0.com</c>.</param>
    /// <param name="connection">Sends the requests.</param>
    public AuthenticationApiClient(string domain, IAuthenticationConnection connection)
        : this(new Uri($"https://{domain}"), connection)
    {
    }

    /// <summary>The tenant.</summary>
    public Uri BaseUri { get; } = baseUri;

    /// <summary>Takes a token for a machine-to-machine application: one request, uncached.</summary>
    /// <param name="request">The application, its secret and the API that it wants to call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="Core.Exceptions.ErrorApiException">The tenant refused.</exception>
    /// <exception cref="Core.Exceptions.RateLimitApiException">It was one request too many.</exception>
    public Task<AccessTokenResponse> GetTokenAsync(ClientCredentialsTokenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);

        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = request.ClientId ?? "",
            ["audience"] = request.Audience ?? "",
        };
        if (!string.IsNullOrEmpty(request.ClientSecret))
        {
            form["client_secret"] = request.ClientSecret;
        }

        return connection.SendAsync<AccessTokenResponse>(HttpMethod.Post, new Uri(BaseUri, "oauth/token"), form, cancellationToken: cancellationToken);
    }

    /// <summary>Has the tenant send a mail with a link to change a password.</summary>
    /// <param name="request">Which account.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>A sentence for the user.</returns>
    /// <exception cref="Core.Exceptions.ErrorApiException">The tenant refused.</exception>
    /// <exception cref="Core.Exceptions.RateLimitApiException">It was one request too many.</exception>
    public Task<string> ChangePasswordAsync(ChangePasswordRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return connection.SendAsync<string>(
            HttpMethod.Post, new Uri(BaseUri, "dbconnections/change_password"), request, cancellationToken: cancellationToken);
    }

    /// <summary>Nothing: the connection is its owner's to dispose.</summary>
    public void Dispose() => GC.SuppressFinalize(this);
}
