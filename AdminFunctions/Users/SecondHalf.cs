using AdminFunctions.Management;

namespace AdminFunctions.Users;

/// <summary>
/// The second half of a change whose first half is done. Its failure is reported in the response, which stays a success: otherwise the
/// caller would believe that nothing was done.
/// </summary>
internal static class SecondHalf
{
    /// <summary>Does the second half.</summary>
    /// <param name="done">The word for a success.</param>
    /// <param name="consequence">What a failure means, as a sentence.</param>
    public static async Task<(string Outcome, string? Detail)> DoAsync(string done, string consequence, Func<Task> half)
    {
        try
        {
            await half();
            return (done, null);
        }
        catch (Exception exception) when (exception is TenantException or VaultException)
        {
            return Describe(exception, consequence);
        }
    }

    /// <summary>Describes a failure of the second half.</summary>
    /// <param name="consequence">What it means, as a sentence.</param>
    public static (string Outcome, string Detail) Describe(Exception exception, string consequence)
    {
        var outcome = exception switch
        {
            TenantException { MayBeDone: true } => "unknown",
            TenantException { Failure: TenantFailure.NotInPlan or TenantFailure.Refused } => "not-available",
            _ => "failed",
        };
        return (outcome, $"{consequence} {exception.Message}");
    }
}
