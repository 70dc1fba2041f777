using System.Net;
using Auth0.ManagementApi;

namespace AdminFunctions.Management;

/// <summary>
/// Calls the Management API through the SDK, and closes the SDK's traps: responses that it takes for a success and that are none, and
/// the many exceptions that it lets through.
/// </summary>
/// <remarks>
/// Each method throws a <see cref="TenantException"/> if Auth0 did not do what was asked or the <see cref="RequestBudget"/> is spent, a
/// <see cref="NoSuchUserException"/> if Auth0 says that the user does not exist, a <see cref="VaultException"/> if the client secret could
/// not be read, and an <see cref="OperationCanceledException"/> if the caller has hung up.
/// </remarks>
internal static class TenantCall
{
    /// <summary>Reads.</summary>
    /// <param name="what">What is requested, to follow "the request for".</param>
    /// <param name="scope">The scope that the Management API requires for it.</param>
    public static async Task<T> ReadAsync<T>(string what, string scope, Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ManagementApiException exception) when (SaysThereIsNoSuchUser(exception))
        {
            throw new NoSuchUserException();
        }
        catch (Exception exception) when (IsAboutTheTenant(exception))
        {
            throw TenantErrors.Translate(exception, what, scope);
        }
    }

    /// <summary>Writes, where the response has no content.</summary>
    /// <param name="expected">The status that confirms the write. The SDK accepts every 2xx and 3xx, even a proxy's sign-in page.</param>
    /// <inheritdoc cref="ReadAsync"/>
    public static Task WriteAsync(string what, string scope, HttpStatusCode expected, Func<WithRawResponseTask> call) =>
        WriteAsync(what, scope, async () =>
        {
            var response = await call().WithRawResponse();
            return response.StatusCode == expected ? response : throw TenantErrors.Unreadable(what);
        });

    /// <summary>Writes. The exception says whether the write may have been carried out (<see cref="TenantException.MayBeDone"/>).</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<T> WriteAsync<T>(string what, string scope, Func<Task<T>> call)
    {
        RequestBudget.Current?.WriteMayBeDone = false;
        try
        {
            return await call();
        }
        catch (ManagementApiException exception) when (SaysThereIsNoSuchUser(exception))
        {
            throw new NoSuchUserException();
        }
        catch (VaultException exception) when (RequestBudget.Current is { WriteMayBeDone: true })
        {
            // An attempt may have succeeded before the token for the next one could not be renewed.
            throw TenantErrors.MayBeDone(exception);
        }
        catch (Exception exception) when (IsAboutTheTenant(exception))
        {
            throw TenantErrors.TranslateWrite(exception, what, scope);
        }
    }

    /// <summary>The vault's exceptions are not about the tenant, nor is it one that the caller has hung up.</summary>
    public static bool IsAboutTheTenant(Exception exception) =>
        exception is not VaultException && !(exception is OperationCanceledException && RequestBudget.Current is { IsAbandoned: true });

    /// <summary>Auth0's own 404, not that of a server which is no tenant. The SDK leaves the body of a deletion's 404 unread.</summary>
    private static bool SaysThereIsNoSuchUser(ManagementApiException exception) =>
        exception.StatusCode == (int)HttpStatusCode.NotFound
        && (exception.ErrorCode is "inexistent_user"
            || (exception.Body is string body && body.Contains("\"inexistent_user\"", StringComparison.Ordinal)));
}
