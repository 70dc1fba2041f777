using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A page of events with totals.</summary>
public record UserListLogOffsetPaginatedResponseContent
{
    /// <summary>The first event's place, from 0.</summary>
    [JsonPropertyName("start")]
    public double? Start { get; set; }

    /// <summary>Events asked for.</summary>
    [JsonPropertyName("limit")]
    public double? Limit { get; set; }

    /// <summary>Events on this page.</summary>
    [JsonPropertyName("length")]
    public double? Length { get; set; }

    /// <summary>Events on all pages.</summary>
    [JsonPropertyName("total")]
    public double? Total { get; set; }

    /// <summary>The events.</summary>
    [JsonPropertyName("logs")]
    public IEnumerable<Log>? Logs { get; set; }
}
