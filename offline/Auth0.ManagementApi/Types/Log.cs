using System.Text.Json.Serialization;
using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>An event.</summary>
public record Log
{
    /// <summary>When.</summary>
    [JsonPropertyName("date")]
    public LogDate? Date { get; set; }

    /// <summary>What, by its code.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; set; }

    /// <summary>More of it.</summary>
    [JsonPropertyName("description")]
    public Optional<string?> Description { get; set; }

    /// <summary>The connection.</summary>
    [JsonPropertyName("connection")]
    public string? Connection { get; set; }

    /// <summary>Its id.</summary>
    [JsonPropertyName("connection_id")]
    public string? ConnectionId { get; set; }

    /// <summary>The application.</summary>
    [JsonPropertyName("client_id")]
    public string? ClientId { get; set; }

    /// <summary>Its name.</summary>
    [JsonPropertyName("client_name")]
    public string? ClientName { get; set; }

    /// <summary>From where.</summary>
    [JsonPropertyName("ip")]
    public string? Ip { get; set; }

    /// <summary>The host that was called.</summary>
    [JsonPropertyName("hostname")]
    public string? Hostname { get; set; }

    /// <summary>Who.</summary>
    [JsonPropertyName("user_id")]
    public string? UserId { get; set; }

    /// <summary>Their name.</summary>
    [JsonPropertyName("user_name")]
    public string? UserName { get; set; }

    /// <summary>For which API.</summary>
    [JsonPropertyName("audience")]
    public string? Audience { get; set; }

    /// <summary>With which scopes.</summary>
    [JsonPropertyName("scope")]
    public string? Scope { get; set; }

    /// <summary>The strategy.</summary>
    [JsonPropertyName("strategy")]
    public string? Strategy { get; set; }

    /// <summary>Its kind.</summary>
    [JsonPropertyName("strategy_type")]
    public string? StrategyType { get; set; }

    /// <summary>The id.</summary>
    [JsonPropertyName("log_id")]
    public string? LogId { get; set; }

    /// <summary>Whether from a mobile device.</summary>
    [JsonPropertyName("isMobile")]
    public bool? IsMobile { get; set; }

    /// <summary>All the rest.</summary>
    [JsonPropertyName("details")]
    public Dictionary<string, object?>? Details { get; set; }

    /// <summary>By which program.</summary>
    [JsonPropertyName("user_agent")]
    public string? UserAgent { get; set; }

    /// <summary>The fingerprints of the connection.</summary>
    [JsonPropertyName("security_context")]
    public LogSecurityContext? SecurityContext { get; set; }

    /// <summary>Where the address is.</summary>
    [JsonPropertyName("location_info")]
    public LogLocationInfo? LocationInfo { get; set; }
}
