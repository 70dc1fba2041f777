using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AdminFunctions.Management;

/// <summary>
/// Stands between Auth0 and the SDK, and rewrites Auth0's responses about users (<see cref="CanonicalUserWriter"/>). Each endpoint has its
/// allow-list of fields; only those reach the SDK.
/// </summary>
internal sealed class CanonicalUsersHandler(LeftOutValues log, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Users = "/api/v2/users";

    /// <summary>The fields of a user in a list.</summary>
    private static readonly KeptFields Listed = new(UserFields.Served);

    /// <summary>The fields of a user that is read by ID: those that identify the person.</summary>
    private static readonly KeptFields Identifying = new(UserFields.Served.Where(static field => field.Name is "user_id" or "identities"));

    /// <inheritdoc />
    /// <exception cref="JsonException">The response is not JSON, or not about users.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);

        // The SDK reads a user out of every 2xx and 3xx.
        if ((int)response.StatusCode is < 200 or >= 400 || FieldsOf(request) is not { } fields)
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

    private static KeptFields? FieldsOf(HttpRequestMessage request) => (request.Method.Method, request.RequestUri!.AbsolutePath) switch
    {
        ("GET", Users) => Listed,
        ("GET", var path) when path.StartsWith($"{Users}/", StringComparison.Ordinal) && path.LastIndexOf('/') == Users.Length => Identifying,
        _ => null,
    };

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
        var writer = new CanonicalUserWriter(document, fields, canonical, log);
        if (ReferenceEquals(fields, Listed))
        {
            writer.WritePage();
        }
        else
        {
            writer.WriteUser();
        }

        return canonical.WrittenMemory;
    }
}
