using AdminFunctions.Access;
using AdminFunctions.Settings;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Users;

/// <summary>Why a user is not changed, although the caller has the permission.</summary>
public enum ProtectionRule
{
    /// <summary>The caller would delete their own account, or one that is linked with it.</summary>
    SelfDeletion,

    /// <summary>The caller would lock themselves out of their own account, or one that is linked with it.</summary>
    OwnAccount,

    /// <summary>The user is named in the setting <c>Users__Protected</c>.</summary>
    ProtectedUser,
}

/// <summary>A rule forbids the change. Nothing was changed.</summary>
/// <param name="message">What is forbidden and what to do, for the caller to read.</param>
public sealed class ProtectionException(ProtectionRule rule, string message) : Exception(message)
{
    /// <summary>The rule.</summary>
    public ProtectionRule Rule { get; } = rule;
}

/// <summary>
/// The rules about users who are never deleted, blocked or deprived of their second factors: the caller, and the users in the setting
/// <c>Users__Protected</c>. IDs are compared case-insensitively: to refuse too much does no harm.
/// </summary>
public sealed class ProtectionRules(IOptions<UsersOptions> settings)
{
    /// <summary>Checks whether a user may be deleted.</summary>
    /// <param name="ids">The IDs of the person, as far as they are known.</param>
    /// <exception cref="ProtectionException">A rule forbids it.</exception>
    public void CheckDeletion(IReadOnlyList<string> ids, Caller caller) => Check(
        ids,
        caller,
        ProtectionRule.SelfDeletion,
        "This is the account you have signed in with. Nothing was deleted; ask another administrator.");

    /// <summary>Checks whether a user may be locked out.</summary>
    /// <inheritdoc cref="CheckDeletion"/>
    public void CheckLockout(IReadOnlyList<string> ids, Caller caller) => Check(
        ids,
        caller,
        ProtectionRule.OwnAccount,
        "This is the account you have signed in with. Nothing was changed; ask another administrator.");

    /// <summary>Returns whose accounts these are, if a rule protects them.</summary>
    /// <param name="ids">The IDs of the person, as far as they are known.</param>
    /// <returns><paramref name="own"/> for the caller's own; <see langword="null"/> if no rule protects them.</returns>
    internal ProtectionRule? Find(IReadOnlyList<string> ids, Caller caller, ProtectionRule own = ProtectionRule.OwnAccount) =>
        ids.Contains(caller.Subject, StringComparer.OrdinalIgnoreCase) ? own
        : ids.Any(settings.Value.ProtectedIds.Contains) ? ProtectionRule.ProtectedUser
        : null;

    private void Check(IReadOnlyList<string> ids, Caller caller, ProtectionRule own, string ownMessage)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (Find(ids, caller, own) is { } rule)
        {
            throw new ProtectionException(
                rule,
                rule == own
                    ? ownMessage
                    : "This user is protected by the setting Users__Protected. Nothing was changed; take the user out of the setting "
                        + "first.");
        }
    }
}
