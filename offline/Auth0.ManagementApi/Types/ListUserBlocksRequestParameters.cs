using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>Which blocks.</summary>
public record ListUserBlocksRequestParameters
{
    /// <summary>Whether only if brute-force protection is on.</summary>
    public Optional<bool?> ConsiderBruteForceEnablement { get; set; }

    internal string ToQueryString() => PercentEncoding.QueryString(
    [
        ("consider_brute_force_enablement", PercentEncoding.Flag(ConsiderBruteForceEnablement)),
    ]);
}
