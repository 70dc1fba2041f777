using System.Net;
using AdminFunctions.Access;
using AdminFunctions.Tests.Management;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AdminFunctions.Tests.Access;

/// <summary>
/// The cache of valid tokens. (The tests of the signing keys show that a cached token is refused when the tenant revokes its key.)
/// </summary>
public sealed class ValidatedTokensTests
{
    [Fact]
    public async Task A_token_is_valid_until_it_expires_no_matter_how_often_it_is_sent()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.CallerWithToken(app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers], TimeSpan.FromMinutes(5)));
        await ShouldListAsync(reader);
        await ShouldListAsync(reader);

        app.Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(59));
        await ShouldListAsync(reader);
        app.Time.Advance(TimeSpan.FromSeconds(1));

        var detail = await (await reader.GetAsync("/api/users")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized, "invalid-token");
        detail.ShouldBe("The access token has expired. Get a new one.");
    }

    [Fact]
    public async Task A_cached_token_that_can_list_still_cannot_delete()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        await ShouldListAsync(reader);

        await (await reader.DeleteAsync("/api/users/auth0%7Cnobody")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
    }

    [Fact]
    public async Task The_header_and_claims_of_a_valid_token_with_another_signature_are_refused()
    {
        await using var app = await AdminApp.StartAsync();
        var good = HandmadeToken.For(app);
        (await app.ListWithAsync(good.Signed())).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await app.ListWithAsync(good.SignedBy(HandmadeToken.StrangersKey))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void A_cached_token_is_found_only_by_all_of_its_characters()
    {
        using var tokens = new ValidatedTokens();
        var kept = Token();

        tokens.Keep("a.b.c", kept);

        tokens.Find("a.b.c").ShouldBeSameAs(kept);
        tokens.Find("a.b.C").ShouldBeNull();
        tokens.Find("a.b.").ShouldBeNull();
    }

    [Fact]
    public async Task The_number_of_cached_tokens_is_limited_and_there_is_always_room_for_new_ones()
    {
        using var tokens = new ValidatedTokens();
        for (var i = 0; i < 10 * ValidatedTokens.Capacity; i++)
        {
            tokens.Keep($"token {i}", Token());
        }

        Enumerable.Range(0, 10 * ValidatedTokens.Capacity).Count(i => tokens.Find($"token {i}") is not null).ShouldBeLessThanOrEqualTo(ValidatedTokens.Capacity);
        await Waiting.UntilAsync(() =>
        {
            tokens.Keep("newest", Token());
            return tokens.Find("newest") is not null;
        });
    }

    private static AccessToken Token() => new(new Caller(AdminApp.CallerId), Organization: null, DateTimeOffset.MaxValue, new OpenIdConnectConfiguration());

    private static async Task ShouldListAsync(HttpClient caller) =>
        (await caller.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
}
