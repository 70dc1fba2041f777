using System.Net;
using System.Xml.Linq;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Tenant;

/// <summary>The images that the tenant serves, so that a page without internet access has them.</summary>
public sealed class PicturesTests
{
    [Fact]
    public async Task Every_picture_of_a_user_is_an_image_with_the_initials()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 60 });
        using var client = tenant.Anyone();

        foreach (var user in tenant.Users.All.Where(user => user.Picture is not null))
        {
            var answer = await client.GetAsync(user.Picture);

            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var initials = string.Concat(user.Email!.Split('@')[0].Split('.').Select(name => name[0])).ToUpperInvariant();
            XDocument.Parse(await answer.Content.ReadAsStringAsync()).Root!.Value.Trim().ShouldBe(initials);
        }
    }

    [Theory]
    [InlineData("/avatars/ann.smith.svg")]
    [InlineData("/avatars/1.2.svg")]
    [InlineData("/favicon.ico")]
    public async Task An_image_says_what_it_is_is_cached_and_stays_the_same(string path)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();

        var answer = await client.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("image/svg+xml");
        answer.Headers.CacheControl!.ToString().ShouldBe("public, max-age=86400");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'"]);
        var image = await answer.Content.ReadAsStringAsync();
        XDocument.Parse(image).Root!.Name.LocalName.ShouldBe("svg");
        (await client.GetStringAsync(path)).ShouldBe(image);
    }

    [Theory]
    [InlineData("/avatars/ann.smith.png")]
    [InlineData("/avatars/.svg")]
    [InlineData("/avatars/%3Cscript%3E.svg")]
    [InlineData("/avatars/a%2F..%2Fb.svg")]
    [InlineData("/avatars/a.svg%0A")]
    public async Task What_is_no_name_has_no_picture(string path)
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();

        (await client.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
