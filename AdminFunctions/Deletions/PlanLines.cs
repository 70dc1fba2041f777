using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AdminFunctions.Users;

namespace AdminFunctions.Deletions;

/// <summary>A line of a plan: a batch, a user who is left out, or the end.</summary>
internal sealed record PlanLine
{
    /// <summary>Up to 100 users, with the ticket for them.</summary>
    public PlanBatch? Batch { get; init; }

    /// <summary>A user who matches the search, but must not be changed.</summary>
    public LeftOutUser? LeftOut { get; init; }

    /// <summary>The end of a complete plan.</summary>
    public SealedPlan? Plan { get; init; }
}

/// <summary>The users of a batch, as a person judges them.</summary>
/// <param name="Number">From 1.</param>
internal sealed record PlanBatch(int Number, IReadOnlyList<User> Users, string Ticket);

/// <summary>A user whom the rules leave out.</summary>
/// <param name="Reason"><c>self</c> or <c>protected</c>.</param>
internal sealed record LeftOutUser(string? UserId, string? Name, string? Email, string Reason);

/// <summary>What a complete plan is, and its seal.</summary>
/// <param name="Total">The number of planned users.</param>
/// <param name="Digest">The SHA-256 of all tickets in order, each followed by a line feed, in base64url.</param>
/// <param name="InactiveSince">Who was active after this moment will be left alone; absent if that is not looked at.</param>
/// <param name="Warnings">What the plan cannot promise, in sentences.</param>
internal sealed record SealedPlan(
    string Id,
    PlanAction Action,
    int Total,
    int Batches,
    string Digest,
    DateTime ExpiresAt,
    LeftOutCounts LeftOut,
    DateTime? InactiveSince,
    IReadOnlyList<string> Warnings,
    bool NeedsApproval,
    string Seal);

/// <summary>How many users match the search, but are left out.</summary>
/// <param name="Self">Accounts of the caller.</param>
/// <param name="Protected">Users in the setting <c>Users__Protected</c>.</param>
/// <param name="Blocked">Users who are blocked already, in a plan that blocks.</param>
internal sealed record LeftOutCounts(int Self, int Protected, int Blocked);

/// <summary>A line of an execution: what became of a user, or the end.</summary>
internal sealed record ExecutionLine
{
    /// <summary>The user's ID.</summary>
    public string? UserId { get; init; }

    /// <summary>What became of the user.</summary>
    public ExecutionOutcome? Outcome { get; init; }

    /// <summary>In which respects the user has changed.</summary>
    public IReadOnlyList<string>? Changed { get; init; }

    /// <summary>When the user was last active, if that is why they were left alone.</summary>
    public DateTime? LastActive { get; init; }

    /// <summary>What became of the sessions of a blocked user.</summary>
    public string? AccessRevocation { get; init; }

    /// <summary>More about the sessions of a blocked user.</summary>
    public string? Detail { get; init; }

    /// <summary>Why the sessions of a user who was blocked already did not end, for the audit trail.</summary>
    [JsonIgnore]
    public Exception? Failure { get; init; }

    /// <summary>Why the user could not be changed.</summary>
    public JsonElement? Problem { get; init; }

    /// <summary>The end of the call.</summary>
    public ExecutionEnd? End { get; init; }
}

/// <summary>What became of a planned user.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExecutionOutcome>))]
internal enum ExecutionOutcome
{
    /// <summary>Deleted.</summary>
    [JsonStringEnumMemberName("deleted")]
    Deleted,

    /// <summary>Blocked, by this call or before it.</summary>
    [JsonStringEnumMemberName("blocked")]
    Blocked,

    /// <summary>Left alone: not as planned.</summary>
    [JsonStringEnumMemberName("changed")]
    Changed,

    /// <summary>Left alone: active, although the last login does not say so.</summary>
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>No longer there.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>Left alone: protected.</summary>
    [JsonStringEnumMemberName("protected")]
    Protected,

    /// <summary>Left alone: the caller's own account.</summary>
    [JsonStringEnumMemberName("self")]
    Self,

    /// <summary>Left alone: the caller excepted the user.</summary>
    [JsonStringEnumMemberName("excepted")]
    Excepted,

    /// <summary>It failed, or it is not known whether it succeeded; the problem says which.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The end of a call: how many users had which outcome, and how many have none yet.</summary>
/// <param name="Remaining">The number of users without an outcome. To continue with them, send the same ticket.</param>
internal sealed record ExecutionEnd(int Remaining, IReadOnlyDictionary<string, int> Outcomes);

/// <summary>Writes the lines (https://github.com/ndjson/ndjson-spec).</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(Auth0DateTimeConverter)])]
[JsonSerializable(typeof(PlanLine))]
[JsonSerializable(typeof(ExecutionLine))]
[JsonSerializable(typeof(ApprovedPlan))]
internal sealed partial class PlanLinesJson : JsonSerializerContext
{
    /// <summary>Does not escape characters such as ö, so that names stay readable.</summary>
    public static PlanLinesJson Unescaped => field ??=
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>A plan, as the second administrator gets it.</summary>
internal sealed record ApprovedPlan(
    string Id, PlanAction Action, int Total, string? Q, string Reason, string Actor, DateTime ExpiresAt)
{
    /// <summary>The approval; absent from a preview.</summary>
    public string? Approval { get; init; }
}
