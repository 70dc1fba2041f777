using Auth0.ManagementApi.Jobs;

namespace Auth0.ManagementApi;

/// <summary>The tenant's jobs.</summary>
public interface IJobsClient
{
    /// <summary>Jobs that send a verification mail.</summary>
    IVerificationEmailClient VerificationEmail { get; }
}

internal sealed class JobsClient(RawClient client) : IJobsClient
{
    public IVerificationEmailClient VerificationEmail { get; } = new VerificationEmailClient(client);
}
