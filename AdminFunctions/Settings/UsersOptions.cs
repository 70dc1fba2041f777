using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;

namespace AdminFunctions.Settings;

/// <summary>Rules about users, from the settings <c>Users__…</c>.</summary>
public sealed class UsersOptions : IValidatableObject
{
    /// <summary>The configuration section that these settings are bound from.</summary>
    public const string Section = "Users";

    /// <summary>The ids of users that are never deleted, separated by commas.</summary>
    public string Protected { get; set; } = "";

    /// <summary>The ids in <see cref="Protected"/>, compared without regard to case.</summary>
    public FrozenSet<string> ProtectedIds => field ??=
        Protected.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // A mistyped id would protect nobody, and nobody would notice.
        if (!ProtectedIds.All(id => id.IndexOf('|', StringComparison.Ordinal) is var bar && bar > 0 && bar < id.Length - 1))
        {
            yield return new ValidationResult(
                "Users__Protected is a list of user ids separated by commas: set it to ids such as auth0|5f7c8ec7c33c6c004bbafe82,google-oauth2|103547991597142817347.");
        }
    }
}
