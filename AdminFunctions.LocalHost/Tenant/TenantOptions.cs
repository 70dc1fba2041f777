using System.Security.Cryptography.X509Certificates;
using AdminFunctions.LocalHost.Tenant.ManagementApi;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>The options of a local tenant.</summary>
internal sealed record TenantOptions
{
    /// <summary>The port; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>The certificate for HTTPS; null for HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The number of users at startup, including the three admins who can sign in.</summary>
    public int Users { get; init; } = 1200;

    /// <summary>The number of these users with the same creation time, as after a bulk import.</summary>
    public int UsersAtOneMoment { get; init; }

    /// <summary>The seed of the users. Another seed creates other users.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The identifier of the API that signed-in users call.</summary>
    public string Audience { get; init; } = "https://admin-functions.local/api";

    /// <summary>The client ID of the machine-to-machine application.</summary>
    public string ClientId { get; init; } = "local-admin-functions";

    /// <summary>The client ID of the single-page application.</summary>
    public string SpaClientId { get; init; } = "local-dashboard";

    /// <summary>
    /// The scopes of the machine-to-machine application for the Management API, separated by spaces; null for an application without
    /// a grant. With <c>read:user_idp_tokens</c>, identities contain the tokens of their providers.
    /// </summary>
    public string? ManagementScope { get; init; } =
        "read:users update:users delete:users delete:sessions delete:refresh_tokens read:logs_users "
        + "read:authentication_methods delete:authentication_methods";

    /// <summary>Whether identities contain the tokens of their providers regardless of the scopes.</summary>
    public bool AlwaysShowProviderTokens { get; init; }

    /// <summary>The lifetime of a Management API token, in seconds.</summary>
    public int ManagementTokenSeconds { get; init; } = 86_400;

    /// <summary>The lifetime of the access token of a signed-in user, in seconds.</summary>
    public int AccessTokenSeconds { get; init; } = 86_400;

    /// <summary>Whether the tenant's plan lets the Management API list and end sessions and refresh tokens.</summary>
    public bool HasSessionManagement { get; init; } = true;

    /// <summary>
    /// The rate limits of the Management API by bucket; null if all endpoints share one bucket with the two limits below.
    /// </summary>
    public IReadOnlyDictionary<RateBucket, RateLimit>? RateLimits { get; init; }

    /// <summary>The burst limit of the Management API, in requests (the size of its token bucket).</summary>
    public int RateLimit { get; init; } = 100_000;

    /// <summary>The sustained limit of the Management API, in requests per second (the refill rate of its token bucket).</summary>
    public double RatePerSecond { get; init; } = 100_000;

    /// <summary>The delay of every response, in real time.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How long lists still contain a deleted user. Reading by ID does not return the user.</summary>
    public TimeSpan SearchLag { get; init; }

    /// <summary>The maximum total of a list. Auth0 does not guarantee to count more than 1000 results.</summary>
    public int MostTotal { get; init; } = int.MaxValue;

    /// <summary>The clock for tokens, codes, rate limits and the search lag.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
