using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdminFunctions.Settings;

/// <summary>Rules about users, from the settings <c>Users__…</c>.</summary>
public sealed partial class UsersOptions : IValidatableObject
{
    /// <summary>The configuration section that these settings are bound from.</summary>
    public const string Section = "Users";

    /// <summary>The IDs of users who must not be deleted, separated by commas, or as a JSON array if an ID contains a comma.</summary>
    public string Protected { get; set; } = "";

    /// <summary>The IDs in <see cref="Protected"/>, compared case-insensitively.</summary>
    public FrozenSet<string> ProtectedIds => field ??=
        Read(Protected)?.OfType<string>().ToFrozenSet(StringComparer.OrdinalIgnoreCase) ?? FrozenSet<string>.Empty;

    /// <summary>The largest number of users in one plan of deletions or blocks, from 1 to 1,000,000.</summary>
    [Range(
        1,
        1_000_000,
        ErrorMessage = "Users__LargestPlan must be a whole number from 1 to 1000000, such as 1000.")]
    public int LargestPlan { get; set; } = 1000;

    /// <summary>How long a plan can be executed, from five minutes to a day.</summary>
    [Range(
        typeof(TimeSpan),
        "00:05:00",
        "1.00:00:00",
        ParseLimitsInInvariantCulture = true,
        ErrorMessage = "Users__PlanLifetime must be a time from 00:05:00 to 1.00:00:00, such as 01:00:00 for an hour.")]
    public TimeSpan PlanLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether a second administrator has to approve a plan before it can be executed.</summary>
    public bool PlanNeedsApproval { get; set; }

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // A mistyped ID would protect no one, and no one would notice.
        if (Read(Protected)?.All(IsUserId) is not true)
        {
            yield return new ValidationResult(
                "Users__Protected must be a list of user IDs, separated by commas, such as "
                + "auth0|5f7c8ec7c33c6c004bbafe82,google-oauth2|103547991597142817347; or, if an ID contains a comma, a JSON array, "
                + "such as [\"samlp|contoso|Smith, Ann\",\"auth0|5f7c8ec7c33c6c004bbafe82\"].");
        }
    }

    private static string?[]? Read(string list)
    {
        if (!list.TrimStart().StartsWith('['))
        {
            return list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }

        try
        {
            return JsonSerializer.Deserialize(list, Json.Default.StringArray);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a user can have this ID. Surrounding white space and invisible characters are there by accident.</summary>
    private static bool IsUserId(string? id) =>
        id?.IndexOf('|', StringComparison.Ordinal) is { } bar && bar > 0 && bar < id.Length - 1
        && id == id.Trim()
        && !id.EnumerateRunes().Any(static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control);

    [JsonSerializable(typeof(string[]))]
    private sealed partial class Json : JsonSerializerContext;
}
