using System.Net;
using Auth0.ManagementApi;
using Auth0.ManagementApi.Users;

namespace AdminFunctions.Management;

/// <summary>
/// The authentication methods of users (https://auth0.com/docs/api/management/v2/users/get-authentication-methods).
/// <see cref="TenantCall"/> lists the exceptions.
/// </summary>
public sealed class TenantAuthenticationMethods(SharedManagementClient shared)
{
    private const int PerPage = 50;

    /// <summary>How many pages are read. A user has a handful of methods.</summary>
    private const int MaxPages = 10;

    /// <summary>What a user signs in with in the first place, or what only proves an address: no second factors.</summary>
    private static readonly string[] FirstFactors = ["password", "passkey", "email-verification"];

    /// <summary>Deletes all second factors of a user.</summary>
    /// <returns>The deleted ones.</returns>
    public async Task<IReadOnlyList<UserAuthenticationMethod>> DeleteSecondFactorsAsync(
        string id, string correlationId, CancellationToken budget)
    {
        List<UserAuthenticationMethod> factors =
            [.. (await ListAsync(id, budget)).Where(static method => !FirstFactors.Contains(method.Type.Value, StringComparer.Ordinal))];
        for (var deleted = 0; deleted < factors.Count; deleted++)
        {
            try
            {
                await DeleteAsync(id, factors[deleted].Id, correlationId, budget);
            }
            catch (TenantException exception) when (deleted > 0 || exception.MayBeDone)
            {
                throw TenantErrors.DoneInPart(exception, $"{deleted} of {factors.Count} second factors were deleted. Reset them again.");
            }
        }

        return factors;
    }

    /// <summary>Returns all methods of a user.</summary>
    private Task<IReadOnlyList<UserAuthenticationMethod>> ListAsync(string id, CancellationToken budget)
    {
        const string what = "the authentication methods of a user";
        return TenantCall.ReadAsync<IReadOnlyList<UserAuthenticationMethod>>(what, "read:authentication_methods", async () =>
        {
            var methods = new List<UserAuthenticationMethod>();
            for (var page = 0; page < MaxPages; page++)
            {
                var pager = await shared.Client.Users.AuthenticationMethods.ListAsync(
                    AddressText.SpellOut(id),
                    new ListUserAuthenticationMethodsRequestParameters { Page = page, PerPage = PerPage, IncludeTotals = true },
                    cancellationToken: budget);
                var response = pager.CurrentPage.Response;
                if (response is not ListUserAuthenticationMethodsOffsetPaginatedResponseContent { Authenticators: { } found }
                    || found.Any(static method => method is not { Id.Length: > 0 }))
                {
                    throw TenantErrors.Unreadable(what);
                }

                methods.AddRange(found);
                if (found.Count() < PerPage)
                {
                    return methods;
                }
            }

            throw TenantErrors.Unreadable(what);
        });
    }

    /// <summary>Deletes a method. One that does not exist (any more) is not an error.</summary>
    private async Task DeleteAsync(string id, string methodId, string correlationId, CancellationToken budget)
    {
        try
        {
            await TenantCall.WriteAsync(
                "the deletion of an authentication method", "delete:authentication_methods", HttpStatusCode.NoContent, () =>
                shared.Client.Users.AuthenticationMethods.DeleteAsync(
                    AddressText.SpellOut(id), methodId, TenantUsers.Correlated(correlationId), budget));
        }
        catch (TenantException exception) when (TenantErrors.IsNotFound(exception))
        {
        }
    }

    /// <summary>Makes every browser ask for a second factor again, also those that a user has told to remember it.</summary>
    public Task InvalidateRememberedBrowsersAsync(string id, string correlationId, CancellationToken budget) =>
        TenantCall.WriteAsync("the invalidation of remembered browsers", "update:users", HttpStatusCode.NoContent, () =>
            shared.Client.Users.Multifactor.InvalidateRememberBrowserAsync(
                AddressText.SpellOut(id), TenantUsers.Correlated(correlationId), budget));
}
