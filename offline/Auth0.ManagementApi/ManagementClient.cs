namespace Auth0.ManagementApi;

/// <summary>A client of one tenant's Management API: the part that AdminFunctions uses.</summary>
public sealed class ManagementClient : IDisposable
{
    /// <summary>Makes a client; nothing is sent.</summary>
    /// <param name="options">Its settings.</param>
    /// <exception cref="ArgumentException">The domain is empty or has a scheme.</exception>
    /// <exception cref="NotSupportedException">Something was left to the package that this stand-in lacks: its retries or its HttpClient.</exception>
    public ManagementClient(ManagementClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Domain)
            || options.Domain.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || options.Domain.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException("Domain must be a host name without a scheme, such as tenant.eu.auth0.com.", nameof(options));
        }

        if (options.TokenProvider is null)
        {
            throw new ArgumentNullException(nameof(options), "TokenProvider must not be null.");
        }

        if (options.MaxRetries is not <= 0)
        {
            throw new NotSupportedException("The stand-in for Auth0.ManagementApi never retries: set MaxRetries to 0.");
        }

        if (options.HttpClient is null)
        {
            throw new NotSupportedException("The stand-in for Auth0.ManagementApi makes no HttpClient of its own: set HttpClient.");
        }

        var client = new RawClient(options);
        Users = new UsersClient(client);
        UserBlocks = new UserBlocksClient(client);
        Jobs = new JobsClient(client);
    }

    /// <summary>The tenant's users.</summary>
    public IUsersClient Users { get; }

    /// <summary>The blocks by brute-force protection.</summary>
    public IUserBlocksClient UserBlocks { get; }

    /// <summary>The tenant's jobs.</summary>
    public IJobsClient Jobs { get; }

    /// <summary>Nothing: HttpClient and token provider are their owner's to dispose.</summary>
    public void Dispose()
    {
    }
}
