using System.Net;
using System.Net.Sockets;
using System.Text;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant;
using AdminFunctions.LocalHost.Vault;

namespace AdminFunctions.Tests.Tenant;

/// <summary>What can go wrong on purpose, what is seen of the requests, and the ports that all this happens on.</summary>
public sealed class FaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Half_an_answer_breaks_off_whether_it_is_the_usual_one_or_the_faults_own()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 5 });
        using var client = tenant.Application();
        tenant.Faults.Add(
            new Fault { Match = "GET /api/v2/users", Mode = FaultMode.Truncate },
            Fault.Answer("GET /api/v2/users", 200, """{"users":[]}""") with { Mode = FaultMode.Truncate },
            Fault.Answer("GET /api/v2/users", 200) with { Mode = FaultMode.Truncate });

        (await HalfAsync()).ShouldStartWith("[{\"created_at\":");
        (await HalfAsync()).ShouldBe("{\"user");
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/api/v2/users"));
        (await client.UserIdsAsync("")).Length.ShouldBe(5);

        async Task<string> HalfAsync()
        {
            var answer = await client.GetAsync("/api/v2/users", HttpCompletionOption.ResponseHeadersRead);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            using var received = new MemoryStream();
            await Should.ThrowAsync<HttpIOException>(async () => await (await answer.Content.ReadAsStreamAsync()).CopyToAsync(received));
            return Encoding.UTF8.GetString(received.ToArray());
        }
    }

    [Fact]
    public async Task A_broken_connection_is_no_answer()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();
        tenant.Faults.Add(new Fault { Match = "*", Mode = FaultMode.Abort });

        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/userinfo"));
        (await client.GetAsync("/userinfo")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_request_can_be_held_until_the_test_lets_it_go()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Application();
        var letGo = new TaskCompletionSource();
        tenant.Faults.Add(new Fault { Match = "GET /api/v2/users", Until = letGo.Task });

        var held = client.GetAsync("/api/v2/users?q=a%20b");
        var seen = await tenant.Requests.WaitForAsync("GET /api/v2/users").WaitAsync(Patience);
        var other = await client.GetAsync("/api/v2/users");

        seen.ShouldBe(new SeenRequest("GET", "/api/v2/users?q=a%20b", CorrelationId: null, HasAuthorization: true, CustomDomain: null));
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        held.IsCompleted.ShouldBeFalse();
        letGo.SetResult();
        (await held).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_test_can_wait_for_requests_to_come()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();
        await client.GetAsync("/userinfo");

        var second = tenant.Requests.WaitForAsync("* /user*", 2);
        await client.GetAsync("/.well-known/jwks.json");
        second.IsCompleted.ShouldBeFalse();
        await client.PostAsync("/userinfo?a=b", content: null);

        (await second.WaitAsync(Patience)).Method.ShouldBe("POST");
        tenant.Requests.Matching("GET *").Select(request => request.RawTarget).ShouldBe(["/userinfo", "/.well-known/jwks.json"]);
        tenant.Requests.Clear();
        tenant.Requests.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("*", "GET", "/a?b", true)]
    [InlineData("* /a", "POST", "/a?b=/c", true)]
    [InlineData("GET /a", "GET", "/a/b", false)]
    [InlineData("GET /a", "POST", "/a", false)]
    [InlineData("get /a*", "GET", "/ab", true)]
    [InlineData("GET *", "GET", "/", true)]
    [InlineData("DELETE /users/a%7Cb", "DELETE", "/users/a%7Cb", true)]
    [InlineData("DELETE /users/a|b", "DELETE", "/users/a%7Cb", false)]
    public void A_pattern_means_methods_and_paths_as_they_came(string pattern, string method, string target, bool matches) =>
        RequestMatch.Parse(pattern).Matches(method, target).ShouldBe(matches);

    [Fact]
    public async Task A_fault_that_contradicts_itself_is_not_taken()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();

        Should.Throw<ArgumentException>(() => tenant.Faults.Add(Fault.Answer("*", 500), new Fault { Match = "*", Mode = FaultMode.Hang, Status = 200 }))
            .Message.ShouldStartWith("A fault with the mode hang, abort, abort-after or close-after cannot have a status.");
        (await client.GetAsync("/userinfo")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_hanging_request_keeps_nobody_from_stopping_the_tenant()
    {
        var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = tenant.Anyone();
        client.Timeout = Timeout.InfiniteTimeSpan;
        tenant.Faults.Add(new Fault { Match = "GET *", Mode = FaultMode.Hang }, new Fault { Match = "POST *", Until = new TaskCompletionSource().Task });
        var hanging = client.GetAsync("/userinfo");
        var held = client.PostAsync("/userinfo", content: null);
        await tenant.Requests.WaitForAsync("*", 2).WaitAsync(Patience);

        await tenant.DisposeAsync().AsTask().WaitAsync(Patience);

        await Should.ThrowAsync<HttpRequestException>(() => hanging.WaitAsync(Patience));
        await Should.ThrowAsync<HttpRequestException>(() => held.WaitAsync(Patience));
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync("/userinfo").WaitAsync(Patience));
        await tenant.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1", "--tenant-port")]
    [InlineData("::1", "--tenant-port")]
    [InlineData("127.0.0.1", "--vault-port")]
    [InlineData("::1", "--vault-port")]
    public async Task A_taken_port_is_named_with_the_option_that_changes_it(string address, string option)
    {
        if (address is "::1" && !Socket.OSSupportsIPv6)
        {
            return;
        }

        using var taken = new TcpListener(IPAddress.Parse(address), 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var exception = await Should.ThrowAsync<IOException>(async () =>
        {
            await using IAsyncDisposable started = option is "--tenant-port"
                ? await LocalTenant.StartAsync(new TenantOptions { Port = port })
                : await LocalVault.StartAsync(new VaultOptions { Port = port });
        });

        exception.Message.ShouldBe($"Port {port} is already in use. Stop the program that uses it, or choose another port with {option}.");
    }

    [Fact]
    public async Task A_port_is_free_again_as_soon_as_the_tenant_has_stopped()
    {
        var first = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        using var client = first.Anyone();
        await client.GetAsync("/userinfo");
        await first.DisposeAsync();

        await using var second = await LocalTenant.StartAsync(new TenantOptions { Users = 0, Port = first.Address.Port });

        (await client.GetAsync("/userinfo")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Nobody_on_the_network_can_reach_it()
    {
        await using var tenant = await LocalTenant.StartAsync(new TenantOptions { Users = 0 });
        var addresses = (await Dns.GetHostAddressesAsync(Dns.GetHostName())).Where(address => !IPAddress.IsLoopback(address));

        foreach (var address in addresses)
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await Should.ThrowAsync<SocketException>(() => socket.ConnectAsync(address, tenant.Address.Port).WaitAsync(Patience));
        }
    }
}
