using System.Text.Json.Serialization;

namespace Auth0.ManagementApi;

/// <summary>Where an address is.</summary>
public record LogLocationInfo
{
    /// <summary>The country, in two letters.</summary>
    [JsonPropertyName("country_code")]
    public string? CountryCode { get; set; }

    /// <summary>The country, in three.</summary>
    [JsonPropertyName("country_code3")]
    public string? CountryCode3 { get; set; }

    /// <summary>Its name.</summary>
    [JsonPropertyName("country_name")]
    public string? CountryName { get; set; }

    /// <summary>The city.</summary>
    [JsonPropertyName("city_name")]
    public string? CityName { get; set; }

    /// <summary>The latitude.</summary>
    [JsonPropertyName("latitude")]
    public double? Latitude { get; set; }

    /// <summary>The longitude.</summary>
    [JsonPropertyName("longitude")]
    public double? Longitude { get; set; }

    /// <summary>The time zone.</summary>
    [JsonPropertyName("time_zone")]
    public string? TimeZone { get; set; }

    /// <summary>The continent.</summary>
    [JsonPropertyName("continent_code")]
    public string? ContinentCode { get; set; }
}
