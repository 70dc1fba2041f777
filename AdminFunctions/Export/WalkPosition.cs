using System.Security.Cryptography;
using System.Text;

namespace AdminFunctions.Export;

/// <summary>Where a walk is after a page. A walk that starts here delivers the users who are left.</summary>
/// <param name="Place">The stage that the walk is in.</param>
/// <param name="Key">The current creation date. Everyone with an earlier one has been delivered.</param>
/// <param name="IsPassed">Whether everyone with the current creation date has been delivered, too.</param>
/// <param name="TiesUpTo">At <see cref="WalkPlace.Ties"/>: of the users with the current creation date, those up to this ID are done.</param>
/// <param name="HasLookedForUndated">Whether the users without a creation date have had their turn.</param>
/// <param name="UndatedUpTo">Of the users without a creation date, those up to this ID have been delivered.</param>
/// <param name="Delivered">The number of delivered users.</param>
/// <param name="AtKey">Users with the current creation date who have been delivered out of the order of IDs.</param>
/// <param name="WithoutKey">Users without a creation date who have been delivered out of the order of IDs.</param>
internal sealed record WalkPosition(
    WalkPlace Place,
    string? Key,
    bool IsPassed,
    string? TiesUpTo,
    bool HasLookedForUndated,
    string? UndatedUpTo,
    long Delivered,
    IReadOnlyCollection<ulong> AtKey,
    IReadOnlyCollection<ulong> WithoutKey)
{
    /// <summary>The position in a walk ordered by ID, after this one.</summary>
    public static WalkPosition After(string id) =>
        new(WalkPlace.Window, id, IsPassed: false, TiesUpTo: null, HasLookedForUndated: true, UndatedUpTo: null, 0, [Mark(id)], []);

    /// <summary>
    /// Stands for a user ID in eight bytes. Nobody can choose an ID with the mark of another one, because it is a part of a SHA-256.
    /// </summary>
    public static ulong Mark(string id) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}

/// <summary>The stages of a walk that deliver users.</summary>
internal enum WalkPlace
{
    /// <summary>A window that begins at the current creation date.</summary>
    Window,

    /// <summary>The users with the current creation date, by ID.</summary>
    Ties,

    /// <summary>The users without a creation date, by ID.</summary>
    Undated,
}
