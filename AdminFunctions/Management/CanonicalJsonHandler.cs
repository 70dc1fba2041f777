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
            // The resilience handler has read it into memory.
            using var received = (RentedBody)response.Content;
            var canonical = new RentedBody(received.Written.Length + 1024);
            response.Content = canonical;
            Rewrite(received.Written.Span, fields, canonical);
            canonical.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            await canonical.CopyAsync();
            return response;
        }
        catch
        {
            // The SDK might read it, and would take its IDs for marked ones.
            response.Dispose();
            throw;
        }
    }

    private void Rewrite(ReadOnlySpan<byte> response, KeptFields fields, RentedBody canonical)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var document = response.StartsWith(byteOrderMark) ? response[byteOrderMark.Length..] : response;
        if (!Utf8.IsValid(document))
        {
            // This replaces what is invalid.
            document = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(document));
        }

        new CanonicalJsonWriter(document, fields, canonical, log).Write();
    }
}
