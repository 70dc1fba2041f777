using System.Net;

namespace AdminFunctions.Chaos;

/// <summary>
/// Under the functions' clients: counts what they ask for to get at users, and has some answers' bodies come bit by bit, for which
/// the local tenant's faults have no mode.
/// </summary>
internal sealed class Wire(HttpMessageHandler inner, Schedule schedule, Task calm) : DelegatingHandler(inner)
{
    private long _userAnswers;
    private long _grantsAsked;
    private long _grantsRefused;
    private long _secretsAsked;

    /// <summary>Requests for a Management API token, each try counted.</summary>
    public long GrantsAsked => Interlocked.Read(ref _grantsAsked);

    /// <summary>Those of them that the tenant refused for their secret.</summary>
    public long GrantsRefused => Interlocked.Read(ref _grantsRefused);

    /// <summary>Requests to the vault, each try counted, the one that asks for the challenge too.</summary>
    public long SecretsAsked => Interlocked.Read(ref _secretsAsked);

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

        if (path.StartsWith("/api/v2/", StringComparison.Ordinal) && !calm.IsCompleted && schedule.Trickle(Interlocked.Increment(ref _userAnswers)) is { } time)
        {
            response.Content = new SlowContent(response.Content, time, calm);
        }

        return response;
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
