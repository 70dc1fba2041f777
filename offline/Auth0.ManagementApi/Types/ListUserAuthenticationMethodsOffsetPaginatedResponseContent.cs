using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A page of authentication methods with totals.</summary>
public record ListUserAuthenticationMethodsOffsetPaginatedResponseContent
{
    /// <summary>The first method's place, from 0.</summary>
    [JsonPropertyName("start")]
    public double? Start { get; set; }

    /// <summary>Methods asked for.</summary>
    [JsonPropertyName("limit")]
    public double? Limit { get; set; }

    /// <summary>Methods on all pages.</summary>
    [JsonPropertyName("total")]
    public double? Total { get; set; }

    /// <summary>The methods.</summary>
    [JsonPropertyName("authenticators")]
    public IEnumerable<UserAuthenticationMethod>? Authenticators { get; set; }
}
