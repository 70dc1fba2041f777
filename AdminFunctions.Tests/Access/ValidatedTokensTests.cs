using System.Net;
using AdminFunctions.Access;
using AdminFunctions.Tests.Management;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AdminFunctions.Tests.Access;

/// <summary>
/// What a token that was found good once is good for. (That it is good no longer when the tenant withdraws its key is among the
/// tests of the signing keys.)
/// </summary>
public sealed class ValidatedTokensTests
{
    [Fact]
    public async Task A_token_is_good_until_it_expires_however_often_it_has_come()
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
    public async Task A_token_that_may_list_may_not_delete_the_next_time()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        await ShouldListAsync(reader);

        await (await reader.DeleteAsync("/api/users/auth0%7Cnobody")).ShouldBeProblemAsync(HttpStatusCode.Forbidden, "insufficient-permission");
    }

    [Fact]
    public async Task A_good_tokens_header_and_claims_with_another_signature_are_no_good_token()
    {
        await using var app = await AdminApp.StartAsync();
        var good = HandmadeToken.For(app);
        (await app.ListWithAsync(good.Signed())).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await app.ListWithAsync(good.SignedBy(HandmadeToken.StrangersKey))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void A_kept_token_is_found_by_every_character_of_it()
    {
        using var tokens = new ValidatedTokens();
        var kept = Token();

        tokens.Keep("a.b.c", kept);

        tokens.Find("a.b.c").ShouldBeSameAs(kept);
        tokens.Find("a.b.C").ShouldBeNull();
        tokens.Find("a.b.").ShouldBeNull();
    }

    [Fact]
    public async Task However_many_tokens_come_only_so_many_are_kept_and_there_is_room_for_new_ones()
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

    private static AccessToken Token() => new(new Caller(AdminApp.CallerId), [], Organization: null, DateTimeOffset.MaxValue, new OpenIdConnectConfiguration());

    private static async Task ShouldListAsync(HttpClient caller) =>
        (await caller.GetAsync("/api/users")).StatusCode.ShouldBe(HttpStatusCode.OK);
}
