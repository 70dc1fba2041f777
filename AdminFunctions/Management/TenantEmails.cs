using AdminFunctions.Settings;
using Auth0.AuthenticationApi;
using Auth0.AuthenticationApi.Models;
using Auth0.Core.Exceptions;
using Auth0.ManagementApi;
using Auth0.ManagementApi.Jobs;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Management;

/// <summary>
/// The emails that Auth0 sends to users. A request for an email is sent once: it is repeated only if Auth0 cannot have received it, or has
/// rejected it because of a rate limit. <see cref="TenantCall"/> lists the exceptions.
/// </summary>
/// <remarks>
/// None of these emails contains a password, and no password-change ticket is created: its URL would be a credential
/// (https://auth0.com/docs/authenticate/database-connections/password-change).
/// </remarks>
public sealed class TenantEmails(SharedManagementClient shared, TenantHttp http, IOptions<Auth0Options> auth0)
{
    private const string Advice = "Ask the user whether the email has arrived before you send another.";

    /// <summary>
    /// Requests an email with a link to set a new password (https://auth0.com/docs/api/authentication#change-password). Auth0 accepts the
    /// request for any address, whether there is such a user or not.
    /// </summary>
    /// <param name="connection">The name of a database connection.</param>
    public Task SendPasswordResetAsync(string email, string connection, CancellationToken budget)
    {
        const string what = "a password reset email";
        return OnceAsync(what, scope: "", static rejection => rejection is ErrorApiException, async () =>
        {
            // The Authentication API takes the domain of the links from its own address.
            using var tenant = new AuthenticationApiClient(
                CustomDomain ?? auth0.Value.Domain, new HttpClientAuthenticationConnection(http.Client));
            var sentence = await tenant.ChangePasswordAsync(
                new ChangePasswordRequest { Email = email, Connection = connection, ClientId = LoginClientId! }, budget);

            // Auth0 responds with a sentence. The SDK accepts any text, even a proxy's sign-in page.
            return TenantErrors.IsPage(sentence) ? throw TenantErrors.Unreadable(what) : sentence;
        });
    }

    /// <summary>Requests an email with a link to verify the user's email address.</summary>
    /// <returns>The ID of the job at Auth0.</returns>
    public Task<string> SendVerificationAsync(string id, string correlationId, CancellationToken budget)
    {
        const string what = "a verification email";
        return OnceAsync(what, "update:users", IsAboutTheMail, async () =>
        {
            var options = TenantUsers.Correlated(correlationId, CustomDomain is { } domain ? new("auth0-custom-domain", domain) : null);
            var job = await shared.Client.Jobs.VerificationEmail.CreateAsync(
                new CreateVerificationEmailRequestContent { UserId = id, ClientId = LoginClientId }, options, budget);
            return job is { Id.Length: > 0 } ? job.Id : throw TenantErrors.Unreadable(what);
        });

        static bool IsAboutTheMail(Exception? rejection) => rejection is ManagementApiException { StatusCode: 400 or 404 };
    }

    private string? CustomDomain => auth0.Value.CustomDomain is { Length: > 0 } domain ? domain : null;

    private string? LoginClientId => auth0.Value.LoginClientId is { Length: > 0 } id ? id : null;

    /// <param name="isAboutTheMail">Whether Auth0 rejected what the request says, and not the application that sent it.</param>
    private static async Task<T> OnceAsync<T>(
        string what, string scope, Predicate<Exception?> isAboutTheMail, Func<Task<T>> request)
    {
        try
        {
            return await TenantCall.WriteAsync(what, scope, request);
        }
        catch (TenantException exception) when (exception.MayBeDone)
        {
            throw TenantErrors.OutcomeUnknown(exception, Advice);
        }
        catch (TenantException exception) when (exception.Failure is TenantFailure.Refused && isAboutTheMail(exception.InnerException))
        {
            throw new TenantException(
                TenantFailure.Refused,
                $"Auth0 rejected the request for {what}. If Auth0__LoginClientId or Auth0__CustomDomain is set, check that it is right, "
                    + "and check that the connection lets users change their passwords.",
                exception);
        }
    }
}
