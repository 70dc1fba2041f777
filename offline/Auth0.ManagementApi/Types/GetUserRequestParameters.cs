using Auth0.ManagementApi.Core;

namespace Auth0.ManagementApi;

/// <summary>Which fields of a user.</summary>
public record GetUserRequestParameters
{
    /// <summary>Fields, separated by commas.</summary>
    public Optional<string?> Fields { get; set; }

    /// <summary>Whether <see cref="Fields"/> are wanted (true) or unwanted (false).</summary>
    public Optional<bool?> IncludeFields { get; set; }

    internal string ToQueryString() => PercentEncoding.QueryString(
    [
        ("fields", Fields.GetValueOrDefault()),
        ("include_fields", PercentEncoding.Flag(IncludeFields)),
    ]);
}
