using System.Net;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AdminFunctions.Chaos;

/// <summary>
/// The transport of the functions' clients. It counts their requests for tokens and secrets, and adds faults that the local tenant does
/// not support: slow bodies, and empty responses for windows of exports.
/// </summary>
internal sealed class RecordingTransport(HttpMessageHandler inner, Schedule schedule, Task faultsEnded) : DelegatingHandler(inner)
{
    private long _userAnswers;
    private long _windows;
    private long _windowsLost;
    private long _grantsAsked;
    private long _grantsRefused;
    private long _secretsAsked;

    /// <summary>Requests for a Management API token, including retries.</summary>
    public long GrantsAsked => Interlocked.Read(ref _grantsAsked);

    /// <summary>The number of these that the tenant rejected because of the secret.</summary>
    public long GrantsRefused => Interlocked.Read(ref _grantsRefused);

    /// <summary>Requests to the vault, including retries and the request for the challenge.</summary>
    public long SecretsAsked => Interlocked.Read(ref _secretsAsked);

    /// <summary>The number of empty responses for windows of exports.</summary>
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

        if (path is "/api/v2/users" && response.IsSuccessStatusCode && IsWindow(request.RequestUri)
            && schedule.LosesWindow(Interlocked.Increment(ref _windows)))
        {
            Interlocked.Increment(ref _windowsLost);
            response.Content.Dispose();
            response.Content = new StringContent(
                """{"start":0,"limit":100,"length":0,"total":0,"users":[]}""", Encoding.UTF8, "application/json");
        }

        if (path.StartsWith("/api/v2/", StringComparison.Ordinal) && !faultsEnded.IsCompleted
            && schedule.SlowBody(Interlocked.Increment(ref _userAnswers)) is { } time)
        {
            response.Content = new SlowContent(response.Content, time, faultsEnded);
        }

        return response;
    }

    /// <summary>Whether a list is a window of an export: a search by creation time, in ascending order.</summary>
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
        private readonly Task _faultsEnded;

        public SlowContent(HttpContent body, TimeSpan time, Task faultsEnded)
        {
            (_body, _time, _faultsEnded) = (body, time, faultsEnded);
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
                await Task.WhenAny(_faultsEnded, Task.Delay(_time / Pieces, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
                var (start, end) = (bytes.Length * piece / Pieces, bytes.Length * (piece + 1) / Pieces);
                await stream.WriteAsync(bytes.AsMemory()[start..end], cancellationToken);
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
