using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AdminFunctions.Management;

/// <summary>
/// Stands between Auth0 and the SDK, and rewrites Auth0's responses (<see cref="CanonicalJsonWriter"/>). Each endpoint has its allow-list
/// (<see cref="ResponseFields"/>); only those fields reach the SDK.
/// </summary>
internal sealed class CanonicalJsonHandler(LeftOutValues log, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <inheritdoc />
    /// <exception cref="JsonException">The response is not JSON, or not of the endpoint's shape.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var fields = ResponseFields.Of(request);
        request.Headers.Remove(ResponseFields.Strict.Key);
        var response = await base.SendAsync(request, cancellationToken);

        // The SDK reads data from every 2xx and 3xx.
        if (fields is null || (int)response.StatusCode is < 200 or >= 400)
        {
            return response;
        }

        try
        {
            var canonical = await RewriteAsync(response.Content, fields, cancellationToken);
            response.Content.Dispose();
            response.Content = new ReadOnlyMemoryContent(canonical)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
            };
            return response;
        }
        catch
        {
            // The SDK might read it, and would take its IDs for marked ones.
            response.Dispose();
            throw;
        }
    }

    private async Task<ReadOnlyMemory<byte>> RewriteAsync(HttpContent response, KeptFields fields, CancellationToken cancellationToken)
    {
        // The resilience handler has buffered it.
        await using var stream = await response.ReadAsStreamAsync(cancellationToken);
        var length = (int)stream.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await stream.ReadExactlyAsync(bytes.AsMemory(0, length), cancellationToken);
            return Rewrite(bytes.AsSpan(0, length), fields);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private ReadOnlyMemory<byte> Rewrite(ReadOnlySpan<byte> response, KeptFields fields)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var document = response.StartsWith(byteOrderMark) ? response[byteOrderMark.Length..] : response;
        if (!Utf8.IsValid(document))
        {
            // This replaces what is invalid.
            document = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(document));
        }

        var canonical = new ArrayBufferWriter<byte>(document.Length + 1024);
        new CanonicalJsonWriter(document, fields, canonical, log).Write();
        return canonical.WrittenMemory;
    }
}
