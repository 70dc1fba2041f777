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

    /// <summary>The ids of users that are never deleted: separated by commas, or, for ids that contain commas, a JSON array.</summary>
    public string Protected { get; set; } = "";

    /// <summary>The ids in <see cref="Protected"/>, compared without regard to case.</summary>
    public FrozenSet<string> ProtectedIds => field ??=
        Read(Protected)?.OfType<string>().ToFrozenSet(StringComparer.OrdinalIgnoreCase) ?? FrozenSet<string>.Empty;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // A mistyped id would protect nobody, and nobody would notice.
        if (Read(Protected)?.All(IsUserId) is not true)
        {
            yield return new ValidationResult(
                "Users__Protected is a list of user IDs, separated by commas or, if an ID contains a comma, a JSON array: "
                + "set it to IDs such as auth0|5f7c8ec7c33c6c004bbafe82,google-oauth2|103547991597142817347 or [\"samlp|contoso|Smith, Ann\",\"auth0|5f7c8ec7c33c6c004bbafe82\"].");
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

    /// <summary>Whether a user can have this id. White space around it or an invisible character in it got there by accident.</summary>
    private static bool IsUserId(string? id) =>
        id?.IndexOf('|', StringComparison.Ordinal) is { } bar && bar > 0 && bar < id.Length - 1
        && id == id.Trim()
        && !id.EnumerateRunes().Any(static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control);

    [JsonSerializable(typeof(string[]))]
    private sealed partial class Json : JsonSerializerContext;
}
