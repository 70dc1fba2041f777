using System.Security.Cryptography.X509Certificates;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>How a local tenant behaves.</summary>
internal sealed record TenantOptions
{
    /// <summary>The port; 0 for any free one.</summary>
    public int Port { get; init; }

    /// <summary>What it serves https with, as Auth0 does; null for http.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>How many users it begins with, the three admins who can sign in amongst them.</summary>
    public int Users { get; init; } = 1200;

    /// <summary>How many of them were created at one and the same moment, as a bulk import does it.</summary>
    public int UsersAtOneMoment { get; init; }

    /// <summary>Another seed makes other users.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The identifier of the API that signed-in users call.</summary>
    public string Audience { get; init; } = "https://admin-functions.local/api";

    /// <summary>The client id of the machine-to-machine application.</summary>
    public string ClientId { get; init; } = "local-admin-functions";

    /// <summary>The client id of the single-page application.</summary>
    public string SpaClientId { get; init; } = "local-dashboard";

    /// <summary>
    /// The scopes of the machine-to-machine application's grant for the Management API, parted by spaces; null for an
    /// application that has no grant. With <c>read:user_idp_tokens</c>, identities show their provider's tokens.
    /// </summary>
    public string? ManagementScope { get; init; } = "read:users delete:users";

    /// <summary>Shows identity providers' tokens whatever the scopes are.</summary>
    public bool AlwaysShowProviderTokens { get; init; }

    /// <summary>How many seconds a Management API token lives.</summary>
    public int ManagementTokenSeconds { get; init; } = 86_400;

    /// <summary>How many seconds a signed-in user's access token lives.</summary>
    public int AccessTokenSeconds { get; init; } = 86_400;

    /// <summary>How many requests the Management API takes at once (the size of its token bucket).</summary>
    public int RateLimit { get; init; } = 100_000;

    /// <summary>How many requests a second the Management API takes in the long run (the bucket's refill).</summary>
    public double RatePerSecond { get; init; } = 100_000;

    /// <summary>What every answer waits for first, in real time.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How long lists go on showing a deleted user; reading by id never does.</summary>
    public TimeSpan SearchLag { get; init; }

    /// <summary>Where the totals of lists stop: Auth0 does not promise to count past the first 1000 results.</summary>
    public int MostTotal { get; init; } = int.MaxValue;

    /// <summary>The clock of tokens, codes, rate limits and the search lag.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
