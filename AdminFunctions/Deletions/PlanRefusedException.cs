namespace AdminFunctions.Deletions;

/// <summary>Why a plan is not made, or not executed.</summary>
public enum PlanRefusal
{
    /// <summary>It has expired, or it was signed with a client secret that has been rotated since.</summary>
    Expired,

    /// <summary>Another administrator made it.</summary>
    AnotherActor,

    /// <summary>A second administrator has to approve it first.</summary>
    ApprovalRequired,

    /// <summary>More users match the search than a plan may have.</summary>
    TooLarge,
}

/// <summary>A plan is not made, or not executed. Nothing was changed.</summary>
/// <param name="message">Why, and what to do, for the caller to read.</param>
public sealed class PlanRefusedException(PlanRefusal refusal, string message) : Exception(message)
{
    /// <summary>The reason.</summary>
    public PlanRefusal Refusal { get; } = refusal;
}
