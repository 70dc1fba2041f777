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

    /// <summary>The largest number of users in one plan of deletions or blocks, from 1 to 1,000,000; 1,000 if empty.</summary>
    public string? LargestPlan { get; set; }

    /// <summary>How long a plan can be executed, from five minutes to a day; an hour if empty.</summary>
    public string? PlanLifetime { get; set; }

    /// <summary>Whether a second administrator has to approve a plan before it can be executed: true or false; false if empty.</summary>
    public string? PlanNeedsApproval { get; set; }

    /// <summary><see cref="LargestPlan"/> as a number.</summary>
    public int MaxPlannedUsers => Number(LargestPlan) ?? 1000;

    /// <summary><see cref="PlanLifetime"/> as a time.</summary>
    public TimeSpan PlansExpireAfter => Time(PlanLifetime) ?? TimeSpan.FromHours(1);

    /// <summary><see cref="PlanNeedsApproval"/> as a Boolean.</summary>
    public bool PlansNeedApproval => bool.TryParse(PlanNeedsApproval, out var needsApproval) && needsApproval;

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

        if (!string.IsNullOrEmpty(LargestPlan) && Number(LargestPlan) is not (>= 1 and <= 1_000_000))
        {
            yield return new ValidationResult("Users__LargestPlan must be a whole number from 1 to 1000000, such as 1000.");
        }

        if (!string.IsNullOrEmpty(PlanLifetime)
            && (Time(PlanLifetime) is not { } lifetime || lifetime < TimeSpan.FromMinutes(5) || lifetime > TimeSpan.FromDays(1)))
        {
            yield return new ValidationResult(
                "Users__PlanLifetime must be a time from 00:05:00 to 1.00:00:00, such as 01:00:00 for an hour.");
        }

        if (!string.IsNullOrEmpty(PlanNeedsApproval) && !bool.TryParse(PlanNeedsApproval, out _))
        {
            yield return new ValidationResult("Users__PlanNeedsApproval must be true or false.");
        }
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan? Time(string? text) =>
        TimeSpan.TryParseExact(text, ["c"], CultureInfo.InvariantCulture, out var time) ? time : null;

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
