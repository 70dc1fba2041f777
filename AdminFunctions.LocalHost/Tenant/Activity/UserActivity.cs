namespace AdminFunctions.LocalHost.Tenant.Activity;

/// <summary>What happens around the users of the tenant: their log, the mails to them, their second factors, their blocks.</summary>
internal sealed class UserActivity(TimeProvider clock)
{
    /// <summary>The time of the tenant's clock.</summary>
    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The log.</summary>
    public TenantLog Log { get; } = new(clock);

    /// <summary>The mails that were sent.</summary>
    public Mailbox Mails { get; } = new(clock);

    /// <summary>The authentication methods.</summary>
    public AuthenticationMethods Methods { get; } = new();

    /// <summary>The blocks by brute-force protection.</summary>
    public BruteForceBlocks Blocks { get; } = new();

    /// <summary>Removes what belongs to a user. The log stays.</summary>
    public void Forget(string userId)
    {
        Methods.Forget(userId);
        Blocks.Remove(userId);
    }
}
