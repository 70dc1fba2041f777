using System.Net;
using System.Net.Http.Headers;

namespace AdminFunctions.Management;

/// <summary>
/// Mends a Management API token that Auth0 no longer takes (a 401): drops it, takes a new one and sends the request once more.
/// A second 401 is an answer.
/// </summary>
internal sealed class TokenRenewalHandler(ManagementTokenProvider tokens, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.Unauthorized || request.Headers.Authorization?.Parameter is not { } refused)
        {
            return response;
        }

        response.Dispose();
        tokens.Drop(refused);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetTokenAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }
}
