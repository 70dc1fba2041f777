using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi.Jobs;

/// <summary>Jobs that send a verification mail.</summary>
public interface IVerificationEmailClient
{
    /// <summary>Starts a job.</summary>
    /// <param name="request">For whom.</param>
    /// <param name="options">Settings of this call.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ManagementApiException">An error answer, or one that could not be read.</exception>
    WithRawResponseTask<CreateVerificationEmailResponseContent> CreateAsync(
        CreateVerificationEmailRequestContent request, RequestOptions? options = null, CancellationToken cancellationToken = default);
}

internal sealed class VerificationEmailClient(RawClient client) : IVerificationEmailClient
{
    public WithRawResponseTask<CreateVerificationEmailResponseContent> CreateAsync(
        CreateVerificationEmailRequestContent request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        client.SendAsync(
            HttpMethod.Post,
            "jobs/verification-email",
            RawClient.Json(request, ManagementJson.Default.CreateVerificationEmailRequestContent),
            ManagementJson.Default.CreateVerificationEmailResponseContent,
            alsoMaps: null,
            options,
            cancellationToken);
}
