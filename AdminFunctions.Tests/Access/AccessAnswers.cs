using System.Net;

namespace AdminFunctions.Tests.Access;

/// <summary>Assertions on the responses to callers.</summary>
internal static class AccessAnswers
{
    /// <summary>Lists users with a token.</summary>
    public static async Task<HttpResponseMessage> ListWithAsync(this AdminApp app, string token)
    {
        using var caller = app.Anyone();
        caller.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {token}").ShouldBeTrue();
        return await caller.GetAsync("/api/users");
    }

    /// <summary>Asserts that a token lets its bearer list users.</summary>
    public static async Task ShouldAdmitAsync(this AdminApp app, string token)
    {
        using var answer = await app.ListWithAsync(token);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Asserts that a token is refused as invalid, for this reason, and that nothing else was done.</summary>
    public static async Task ShouldRefuseAsync(this AdminApp app, string token, string because)
    {
        using var answer = await app.ListWithAsync(token);

        (await answer.ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token")).ShouldBe(because);
        answer.ShouldChallengeWith($"Bearer error=\"invalid_token\", error_description=\"{because}\"");
        await app.ShouldKeepToItselfAsync(token, answer);
        app.ShouldHaveAskedNothingOfTheManagementApi();
    }

    /// <summary>Asserts that there is one <c>WWW-Authenticate</c> header with exactly this value.</summary>
    public static void ShouldChallengeWith(this HttpResponseMessage answer, string challenge) =>
        answer.Headers.NonValidated["WWW-Authenticate"].ShouldBe([challenge]);

    /// <summary>Asserts that neither the response nor a log line of any level contains the token or a part of it.</summary>
    public static async Task ShouldKeepToItselfAsync(this AdminApp app, string token, HttpResponseMessage answer)
    {
        // A shorter part could be there by chance.
        var parts = token.Split('.').Append(token).Where(part => part.Length >= 12).ToList();
        var told = $"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync()}";
        var lines = app.Log.Lines().ToList();

        lines.ShouldNotBeEmpty();
        foreach (var part in parts)
        {
            told.ShouldNotContain(part, Case.Sensitive);
            lines.ShouldAllBe(line => !line.Contains(part, StringComparison.Ordinal));
        }
    }

    /// <summary>Asserts that no secret was read, no token requested, and no user read or changed.</summary>
    public static void ShouldHaveAskedNothingOfTheManagementApi(this AdminApp app)
    {
        app.Vault.Requests.All.ShouldBeEmpty();
        app.Tenant.Requests.All.ShouldAllBe(request => request.RawTarget.StartsWith("/.well-known/", StringComparison.Ordinal));
    }
}
