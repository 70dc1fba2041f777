namespace Auth0.ManagementApi;

/// <summary>Gives the Management API token.</summary>
public interface ITokenProvider
{
    /// <summary>A token that is good for a request now. The client's callers cannot cancel it: it must bound itself.</summary>
    /// <param name="cancellationToken">Always <see cref="CancellationToken.None"/> when the client asks.</param>
    Task<string> GetTokenAsync(CancellationToken cancellationToken = default);
}
