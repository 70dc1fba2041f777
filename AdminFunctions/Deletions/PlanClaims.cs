using System.Text.Json.Serialization;

namespace AdminFunctions.Deletions;

/// <summary>What every token of a plan says (RFC 7519, section 4.1, and the plan's own claims).</summary>
internal abstract record PlanClaims
{
    /// <summary>The tenant.</summary>
    [JsonPropertyName("iss")]
    public required string Issuer { get; init; }

    /// <summary>The administrator whose token this is: the one who planned or, in an approval, the one who approved.</summary>
    [JsonPropertyName("sub")]
    public required string Actor { get; init; }

    /// <summary>When the plan was made, in Unix seconds.</summary>
    [JsonPropertyName("iat")]
    public required long IssuedAt { get; init; }

    /// <summary>When the plan expires, in Unix seconds.</summary>
    [JsonPropertyName("exp")]
    public required long Expires { get; init; }

    /// <summary>The plan's ID.</summary>
    public required string Plan { get; init; }
}

/// <summary>A ticket: the right to act on the users of one batch, as long as they are as planned.</summary>
internal sealed record Ticket : PlanClaims
{
    /// <summary>The <c>typ</c> of a ticket.</summary>
    public const string Type = "deletion-ticket+jwt";

    /// <summary>The number of the batch, from 1.</summary>
    public required int Batch { get; init; }

    /// <summary>What to do.</summary>
    public required PlanAction Action { get; init; }

    /// <summary>The users.</summary>
    public required IReadOnlyList<PlannedUser> Users { get; init; }

    /// <summary>
    /// A user whose tokens or sessions were used after this moment (Unix milliseconds) is active; <see langword="null"/> if that is not
    /// looked at.
    /// </summary>
    public long? InactiveSince { get; init; }
}

/// <summary>A seal: the plan is complete. Without it, nothing of the plan can be executed.</summary>
internal sealed record Seal : PlanClaims
{
    /// <summary>The <c>typ</c> of a seal.</summary>
    public const string Type = "deletion-seal+jwt";

    /// <summary>What to do.</summary>
    public required PlanAction Action { get; init; }

    /// <summary>The number of planned users.</summary>
    public required int Total { get; init; }

    /// <summary>The number of batches.</summary>
    public required int Batches { get; init; }

    /// <summary>The SHA-256 of all tickets in order, each followed by a line feed, in base64url.</summary>
    public required string Digest { get; init; }

    /// <summary>The search; <see langword="null"/> for everyone.</summary>
    public string? Q { get; init; }

    /// <summary>Why, in the administrator's words.</summary>
    public required string Reason { get; init; }
}

/// <summary>An approval of a sealed plan by a second administrator.</summary>
internal sealed record Approval : PlanClaims
{
    /// <summary>The <c>typ</c> of an approval.</summary>
    public const string Type = "deletion-approval+jwt";

    /// <summary>The digest of the approved plan.</summary>
    public required string Digest { get; init; }
}
