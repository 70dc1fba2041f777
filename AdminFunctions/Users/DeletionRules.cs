using AdminFunctions.Access;
using AdminFunctions.Settings;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Users;

/// <summary>Why a user is not deleted, though the caller may delete users.</summary>
public enum DeletionRefusal
{
    /// <summary>The caller would delete the account it has signed in with, or one that is linked with it.</summary>
    SelfDeletion,

    /// <summary>The user is named in the setting <c>Users__Protected</c>.</summary>
    ProtectedUser,
}

/// <summary>A user is not deleted; nothing was.</summary>
/// <param name="refusal">Why.</param>
/// <param name="message">The same, to read.</param>
public sealed class DeletionRefusedException(DeletionRefusal refusal, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public DeletionRefusal Refusal { get; } = refusal;
}

/// <summary>The rules about who is never deleted. Ids are compared without regard to case: to refuse too much does no harm.</summary>
/// <param name="settings">Names the protected users.</param>
public sealed class DeletionRules(IOptions<UsersOptions> settings)
{
    /// <summary>Lets through what may be deleted.</summary>
    /// <param name="ids">The ids of the user to delete, as far as they are known.</param>
    /// <param name="caller">Who deletes.</param>
    /// <exception cref="DeletionRefusedException">A rule forbids it.</exception>
    public void Check(IReadOnlyList<string> ids, Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (ids.Contains(caller.Subject, StringComparer.OrdinalIgnoreCase))
        {
            throw new DeletionRefusedException(
                DeletionRefusal.SelfDeletion,
                "This is the account you have signed in with. Nothing was deleted; ask another administrator.");
        }

        if (ids.Any(settings.Value.ProtectedIds.Contains))
        {
            throw new DeletionRefusedException(
                DeletionRefusal.ProtectedUser,
                "This user is protected by the setting Users__Protected. Nothing was deleted; take the user out of the setting first.");
        }
    }
}
