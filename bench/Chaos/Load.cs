using System.Net.Http.Headers;
using System.Text.Json;
using AdminFunctions.LocalHost;

namespace AdminFunctions.Chaos;

/// <summary>The callers: 90 % list, 10 % delete a fresh user, and two who export everyone over and over.</summary>
internal sealed class Load : IDisposable
{
    /// <summary>Who calls: nobody whom the tenant knows.</summary>
    public const string Caller = "auth0|5f7c8ec7c33c6c004bbafe82";

    private const int Exporters = 2;

    /// <summary>A call that is not answered by then never is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly LocalTenantAndVault _local;
    private readonly People _people;
    private readonly Judge _judge;
    private readonly string[] _residents;
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _closing = new();
    private volatile AuthenticationHeaderValue _token = new("Bearer");
    private volatile bool _ending;

    public Load(LocalTenantAndVault local, Uri address, People people, Judge judge)
    {
        (_local, _people, _judge) = (local, people, judge);
        _residents = [.. people.Residents.Keys];
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        SignIn();
    }

    /// <summary>All callers get new tokens.</summary>
    public void SignIn() => _token = new("Bearer", _local.Tenant.MintAccessToken(Caller, ["read:users", "delete:users"]));

    /// <summary>Calls until the end; the calls under way are waited for, the exports are not.</summary>
    /// <param name="seed">What is called for.</param>
    /// <param name="callers">How many call at once.</param>
    /// <param name="length">How long.</param>
    public async Task RunAsync(int seed, int callers, TimeSpan length)
    {
        var calls = Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(new Random(unchecked((seed * 1_000_003) + caller))))).ToArray();
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
            if (random.Next(10) is 0 && _people.TryTake(out var id))
            {
                await DeleteAsync(id);
            }
            else if (random.Next(10) is 0)
            {
                var resident = _residents[random.Next(_residents.Length)];
                await ListAsync($"q={Uri.EscapeDataString($"user_id:\"{resident}\"")}&fields=user_id,name", new Expected(0, 50, [resident], Totals: false));
            }
            else
            {
                var size = random.Next(1, 26);
                var page = random.Next(Math.Min(1000, _residents.Length) / size);
                var totals = random.Next(2) is 0;
                await ListAsync(
                    $"page={page}&per_page={size}{(totals ? "&include_totals=true" : "")}{(random.Next(2) is 0 ? "&sort=created_at:1" : "")}",
                    new Expected(page, size, Ids: null, totals));
            }
        }
    }

    private Task<bool> ListAsync(string query, Expected expected) =>
        _judge.CallAsync("GetUsers", () => SendAsync(HttpMethod.Get, "/api/users?" + query), body => expected.WhatIsWrong(body, _people));

    private async Task DeleteAsync(string id)
    {
        var isGone = await _judge.CallAsync(
            "DeleteUser",
            () => SendAsync(HttpMethod.Delete, "/api/users/" + Uri.EscapeDataString(id)),
            _ => _people.Directory.Find(id) is null ? null : $"{id} is there still");
        if (isGone)
        {
            _people.AnsweredGone(id);
        }
        else
        {
            _people.Unknown(id);
        }
    }

    private async Task<Answer> SendAsync(HttpMethod method, string address)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var request = new HttpRequestMessage(method, address) { Headers = { Authorization = _token } };
        using var response = await _client.SendAsync(request, patience.Token);
        return new Answer(response, await response.Content.ReadAsByteArrayAsync(patience.Token));
    }

    private async Task ExportAsync()
    {
        while (!_ending)
        {
            var there = _people.Directory.All.Select(user => user.UserId).ToArray();
            await _judge.ExportAsync(SendExportAsync, there, _people, _closing.Token);
            await Task.Delay(TimeSpan.FromMilliseconds(500), _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<HttpResponseMessage> SendExportAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/users/export?end=true&fields=user_id,name") { Headers = { Authorization = _token } };
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>What a list should be.</summary>
    private sealed record Expected(int Page, int Size, string[]? Ids, bool Totals)
    {
        /// <summary>What is wrong with it, or null.</summary>
        public string? WhatIsWrong(byte[] body, People people)
        {
            using var json = JsonDocument.Parse(body);
            var users = json.RootElement;
            if (Totals)
            {
                users = json.RootElement.GetProperty("users");
                if (json.RootElement.GetProperty("start").GetInt32() != Page * Size
                    || json.RootElement.GetProperty("limit").GetInt32() != Size
                    || json.RootElement.GetProperty("length").GetInt32() != users.GetArrayLength()
                    || json.RootElement.GetProperty("total").GetInt32() < people.Residents.Count)
                {
                    return "its totals are wrong";
                }
            }

            // Residents are the oldest: they fill the pages that are asked for.
            string[] ids = [.. users.EnumerateArray().Select(user => user.GetProperty("user_id").GetString() ?? "")];
            return ids.Length != (Ids?.Length ?? Size) ? $"it has {ids.Length} users"
                : Ids is not null && !ids.SequenceEqual(Ids) ? $"it has {ids[0]} instead of {Ids[0]}"
                : ids.Distinct(StringComparer.Ordinal).Count() != ids.Length ? "it has a user twice"
                : users.EnumerateArray().FirstOrDefault(user => !people.Knows(user.GetProperty("user_id").GetString()!, user.GetProperty("name").GetString()))
                    is { ValueKind: JsonValueKind.Object } stranger ? $"nobody knows {stranger}"
                : null;
        }
    }
}

/// <summary>An answer, read whole.</summary>
internal sealed record Answer(HttpResponseMessage Response, byte[] Body);
