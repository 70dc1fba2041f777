using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>A page of users with totals.</summary>
public record ListUsersOffsetPaginatedResponseContent
{
    /// <summary>The first user's place, from 0.</summary>
    [JsonPropertyName("start")]
    public double? Start { get; set; }

    /// <summary>Users asked for.</summary>
    [JsonPropertyName("limit")]
    public double? Limit { get; set; }

    /// <summary>Users on this page.</summary>
    [JsonPropertyName("length")]
    public double? Length { get; set; }

    /// <summary>Users on all pages.</summary>
    [JsonPropertyName("total")]
    public double? Total { get; set; }

    /// <summary>The users.</summary>
    [JsonPropertyName("users")]
    public IEnumerable<UserResponseSchema>? Users { get; set; }
}
