using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using AdminFunctions.LocalHost;

namespace AdminFunctions.Chaos;

/// <summary>
/// The callers. Most calls list users, some delete a fresh user, and some block, unblock or mail a permanent one. Two more callers export
/// all users repeatedly.
/// </summary>
internal sealed class Load : IDisposable
{
    /// <summary>The user ID of the callers. The tenant does not have this user.</summary>
    public const string Caller = "auth0|5f7c8ec7c33c6c004bbafe82";

    private const int Exporters = 2;

    /// <summary>After this time, a call counts as unanswered.</summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(60);

    private readonly LocalTenantAndVault _local;
    private readonly TestUsers _testUsers;
    private readonly ResponseChecker _checker;
    private readonly string[] _permanentUsers;
    private readonly ConcurrentQueue<string> _changeable;
    private readonly ConcurrentDictionary<string, (int Requested, int Accepted)> _mails = new(StringComparer.Ordinal);
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _closing = new();
    private volatile AuthenticationHeaderValue _token = new("Bearer");
    private volatile bool _ending;

    public Load(LocalTenantAndVault local, Uri address, TestUsers testUsers, ResponseChecker checker)
    {
        (_local, _testUsers, _checker) = (local, testUsers, checker);
        _permanentUsers = [.. testUsers.PermanentUsers.Keys];

        // One change of a user at a time, so that its outcome is certain.
        _changeable = new ConcurrentQueue<string>(testUsers.PermanentUsers.Values
            .Where(static user => user is { Email: not null, Identities: [{ Connection.Provider: "auth0" }] })
            .Select(static user => user.UserId));
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        SignIn();
    }

    /// <summary>Gets new tokens for all callers.</summary>
    public void SignIn() => _token = new("Bearer", _local.Tenant.MintAccessToken(Caller, ["read:users", "update:users", "delete:users"]));

    /// <summary>Makes calls until the end. Waits for running calls, and cancels running exports.</summary>
    /// <param name="seed">Determines the calls.</param>
    /// <param name="callers">The number of concurrent callers.</param>
    /// <param name="length">The length of the run.</param>
    public async Task RunAsync(int seed, int callers, TimeSpan length)
    {
        var calls = Enumerable.Range(0, callers)
            .Select(caller => Task.Run(() => CallAsync(new Random(unchecked((seed * 1_000_003) + caller))))).ToArray();
        var exports = Enumerable.Range(0, Exporters).Select(_ => Task.Run(ExportAsync)).ToArray();
        await Task.Delay(length);
        _ending = true;
        await Task.WhenAll(calls);
        await _closing.CancelAsync();
        await Task.WhenAll(exports);
    }

    public void Dispose()
    {
        _client.Dispose();
        _closing.Dispose();
    }

    private async Task CallAsync(Random random)
    {
        while (!_ending)
        {
            if (random.Next(10) is 0 && _testUsers.TryTake(out var id))
            {
                await DeleteAsync(id);
            }
            else if (random.Next(10) is 0 && _changeable.TryDequeue(out id!))
            {
                await ChangeAsync(id, random.Next(3));
                _changeable.Enqueue(id);
            }
            else if (random.Next(10) is 0)
            {
                var permanentUser = _permanentUsers[random.Next(_permanentUsers.Length)];
                var search = Uri.EscapeDataString($"user_id:\"{permanentUser}\"");
                await ListAsync($"q={search}&fields=user_id,name", new Expected(0, 50, [permanentUser], Totals: false));
            }
            else
            {
                var size = random.Next(1, 26);
                var page = random.Next(Math.Min(1000, _permanentUsers.Length) / size);
                var totals = random.Next(2) is 0;
                var sort = random.Next(2) is 0 ? "&sort=created_at:1" : "";
                await ListAsync(
                    $"page={page}&per_page={size}{(totals ? "&include_totals=true" : "")}{sort}",
                    new Expected(page, size, Ids: null, totals));
            }
        }
    }

    private Task<bool> ListAsync(string query, Expected expected) =>
        _checker.CallAsync("GetUsers", () => SendAsync(HttpMethod.Get, "/api/users?" + query), body => expected.Error(body, _testUsers));

    private async Task DeleteAsync(string id)
    {
        var isGone = await _checker.CallAsync(
            "DeleteUser",
            () => SendAsync(HttpMethod.Delete, "/api/users/" + Uri.EscapeDataString(id)),
            _ => _testUsers.Directory.Find(id) is null ? null : $"{id} still exists");
        if (isGone)
        {
            _testUsers.ConfirmDeleted(id);
        }
        else
        {
            _testUsers.RetryLater(id);
        }
    }

    private async Task ChangeAsync(string id, int change)
    {
        var path = "/api/users/" + Uri.EscapeDataString(id);
        if (change is 2)
        {
            var address = _testUsers.PermanentUsers[id].Email!;
            _mails.AddOrUpdate(address, (1, 0), static (_, count) => (count.Requested + 1, count.Accepted));
            if (await _checker.CallAsync(
                "SendVerificationEmail", () => SendAsync(HttpMethod.Post, path + "/verification-email"), static _ => null))
            {
                _mails.AddOrUpdate(address, (0, 1), static (_, count) => (count.Requested, count.Accepted + 1));
            }

            return;
        }

        var blocks = change is 0;
        await _checker.CallAsync(
            blocks ? "BlockUser" : "UnblockUser",
            () => SendAsync(blocks ? HttpMethod.Put : HttpMethod.Delete, path + "/block"),
            _ => _testUsers.Directory.Find(id)!.Blocked == blocks ? null : $"{id} is {(blocks ? "not " : "")}blocked");
    }

    /// <summary>Compares the mails of the tenant with the calls.</summary>
    public void CheckMails(Invariant invariant)
    {
        var sent = _local.Tenant.Activity.Mails.All.CountBy(static mail => mail.To).ToDictionary(StringComparer.Ordinal);
        foreach (var (address, (requested, accepted)) in _mails)
        {
            var count = sent.GetValueOrDefault(address);
            invariant.Check(count <= requested, () => $"{count} mails for {requested} calls.");
            invariant.Check(count >= accepted, () => $"{count} mails, but {accepted} were reported as accepted.");
        }
    }

    private async Task<Answer> SendAsync(HttpMethod method, string address)
    {
        using var timeout = new CancellationTokenSource(ResponseTimeout);
        using var request = new HttpRequestMessage(method, address) { Headers = { Authorization = _token } };
        using var response = await _client.SendAsync(request, timeout.Token);
        return new Answer(response, await response.Content.ReadAsByteArrayAsync(timeout.Token));
    }

    private async Task ExportAsync()
    {
        while (!_ending)
        {
            var existing = _testUsers.Directory.All.Select(user => user.UserId).ToArray();
            await _checker.ExportAsync(SendExportAsync, existing, _testUsers, _closing.Token);
            await Task.Delay(TimeSpan.FromMilliseconds(500), _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<HttpResponseMessage> SendExportAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/export?end=true&fields=user_id,name")
        {
            Headers = { Authorization = _token },
        };
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>The expected list.</summary>
    private sealed record Expected(int Page, int Size, string[]? Ids, bool Totals)
    {
        /// <summary>Describes the error in a list; null if it is correct.</summary>
        public string? Error(byte[] body, TestUsers testUsers)
        {
            using var json = JsonDocument.Parse(body);
            var users = json.RootElement;
            if (Totals)
            {
                users = json.RootElement.GetProperty("users");
                if (json.RootElement.GetProperty("start").GetInt32() != Page * Size
                    || json.RootElement.GetProperty("limit").GetInt32() != Size
                    || json.RootElement.GetProperty("length").GetInt32() != users.GetArrayLength()
                    || json.RootElement.GetProperty("total").GetInt32() < testUsers.PermanentUsers.Count)
                {
                    return "its totals are wrong";
                }
            }

            // The permanent users are the oldest, so they fill the requested pages.
            string[] ids = [.. users.EnumerateArray().Select(user => user.GetProperty("user_id").GetString() ?? "")];
            return ids.Length != (Ids?.Length ?? Size) ? $"it has {ids.Length} users"
                : Ids is not null && !ids.SequenceEqual(Ids) ? $"it has {ids[0]} instead of {Ids[0]}"
                : ids.Distinct(StringComparer.Ordinal).Count() != ids.Length ? "it contains a user twice"
                : users.EnumerateArray().FirstOrDefault(user =>
                        !testUsers.Knows(user.GetProperty("user_id").GetString()!, user.GetProperty("name").GetString()))
                    is { ValueKind: JsonValueKind.Object } stranger ? $"it contains an unknown user {stranger}"
                : null;
        }
    }
}

/// <summary>A response with its whole body.</summary>
internal sealed record Answer(HttpResponseMessage Response, byte[] Body);
