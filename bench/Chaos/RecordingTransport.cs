using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AdminFunctions.Chaos;

/// <summary>
/// Under the functions' clients: counts what they ask for to get at users, and does what the local tenant's faults have no mode for:
/// some answers' bodies come bit by bit, and some windows of exports come back empty.
/// </summary>
internal sealed class Wire(HttpMessageHandler inner, Schedule schedule, Task calm) : DelegatingHandler(inner)
{
    private long _userAnswers;
    private long _windows;
    private long _windowsLost;
    private long _grantsAsked;
    private long _grantsRefused;
    private long _secretsAsked;

    /// <summary>Requests for a Management API token, each try counted.</summary>
    public long GrantsAsked => Interlocked.Read(ref _grantsAsked);

    /// <summary>Those of them that the tenant refused for their secret.</summary>
    public long GrantsRefused => Interlocked.Read(ref _grantsRefused);

    /// <summary>Requests to the vault, each try counted, the one that asks for the challenge too.</summary>
    public long SecretsAsked => Interlocked.Read(ref _secretsAsked);

    /// <summary>Windows of exports that came back empty.</summary>
    public long WindowsLost => Interlocked.Read(ref _windowsLost);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path is "/oauth/token")
        {
            Interlocked.Increment(ref _grantsAsked);
        }
        else if (path.StartsWith("/secrets/", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _secretsAsked);
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (path is "/oauth/token" && response.StatusCode is HttpStatusCode.Unauthorized)
        {
            Interlocked.Increment(ref _grantsRefused);
        }

        if (path is "/api/v2/users" && response.IsSuccessStatusCode && IsWindow(request.RequestUri) && schedule.LosesWindow(Interlocked.Increment(ref _windows)))
        {
            Interlocked.Increment(ref _windowsLost);
            response.Content.Dispose();
            response.Content = new StringContent("""{"start":0,"limit":100,"length":0,"total":0,"users":[]}""", Encoding.UTF8, "application/json");
        }

        if (path.StartsWith("/api/v2/", StringComparison.Ordinal) && !calm.IsCompleted && schedule.Trickle(Interlocked.Increment(ref _userAnswers)) is { } time)
        {
            response.Content = new SlowContent(response.Content, time, calm);
        }

        return response;
    }

    /// <summary>Whether a list is a window of an export: a search for moments of creation, forwards.</summary>
    private static bool IsWindow(Uri address)
    {
        var query = QueryHelpers.ParseQuery(address.Query);
        return query.TryGetValue("q", out var search) && search.ToString().Contains("created_at:", StringComparison.Ordinal)
            && query.TryGetValue("sort", out var sort) && sort.ToString().EndsWith(":1", StringComparison.Ordinal);
    }

    private sealed class SlowContent : HttpContent
    {
        private const int Pieces = 20;

        private readonly HttpContent _body;
        private readonly TimeSpan _time;
        private readonly Task _calm;

        public SlowContent(HttpContent body, TimeSpan time, Task calm)
        {
            (_body, _time, _calm) = (body, time, calm);
            foreach (var (name, values) in body.Headers)
            {
                Headers.TryAddWithoutValidation(name, values);
            }
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var bytes = await _body.ReadAsByteArrayAsync(cancellationToken);
            for (var piece = 0; piece < Pieces; piece++)
            {
                await Task.WhenAny(_calm, Task.Delay(_time / Pieces, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                await stream.WriteAsync(bytes.AsMemory()[(bytes.Length * piece / Pieces)..(bytes.Length * (piece + 1) / Pieces)], cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body.Headers.ContentLength ?? 0;
            return _body.Headers.ContentLength is not null;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _body.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
