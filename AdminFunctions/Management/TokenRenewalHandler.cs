using System.Net;
using System.Net.Http.Headers;

namespace AdminFunctions.Management;

/// <summary>
/// When Auth0 rejects the Management API token (401), discards it, gets a new one and sends the request once more. A second 401 is
/// returned as it is.
/// </summary>
internal sealed class TokenRenewalHandler(ManagementTokenProvider tokens, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.Unauthorized || request.Headers.Authorization?.Parameter is not { } rejected)
        {
            return response;
        }

        response.Dispose();
        tokens.Discard(rejected);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetTokenAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }
}
