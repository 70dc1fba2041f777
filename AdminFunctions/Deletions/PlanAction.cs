using System.Text.Json.Serialization;
using AdminFunctions.Access;

namespace AdminFunctions.Deletions;

/// <summary>What a plan does to each of its users.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PlanAction>))]
internal enum PlanAction
{
    /// <summary>Blocks the user and ends their sessions. It can be undone.</summary>
    [JsonStringEnumMemberName("block")]
    Block,

    /// <summary>Deletes the user for good.</summary>
    [JsonStringEnumMemberName("delete")]
    Delete,
}

/// <summary>What an action requires, and what it is called elsewhere.</summary>
internal static class PlanActions
{
    /// <summary>The permission that the action requires of a caller who plans, approves or executes it.</summary>
    public static string Permission(this PlanAction action) =>
        action is PlanAction.Delete ? Permissions.DeleteUsers : Permissions.UpdateUsers;

    /// <summary>The action's name in the audit trail.</summary>
    public static string Name(this PlanAction action) => action is PlanAction.Delete ? "delete" : "block";

    /// <summary>The function that does the same for one user.</summary>
    public static string Function(this PlanAction action) => action is PlanAction.Delete ? "DeleteUser" : "BlockUser";
}
