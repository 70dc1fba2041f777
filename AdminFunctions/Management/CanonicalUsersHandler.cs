using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AdminFunctions.Management;

/// <summary>
/// Stands between Auth0 and the SDK. It rewrites what Auth0 answers about users: each endpoint has its allow-list of fields, and
/// only those reach the SDK. See <see cref="CanonicalUser"/> for what becomes of a user.
/// </summary>
/// <param name="inner">The next handler.</param>
internal sealed class CanonicalUsersHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Users = "/api/v2/users";

    /// <summary>What a user in a list keeps.</summary>
    private static readonly CanonicalUser Listed = new(UserFields.Names);

    /// <summary>What a user read by id keeps: all that tells who it is.</summary>
    private static readonly CanonicalUser Identified = new("user_id", "identities");

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // The body is whole and no larger than the resilience handler lets it be; how deep it goes is nobody's concern here.
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = int.MaxValue };

    /// <summary>Writes one kind of answer.</summary>
    private delegate void Rewriting(ref Utf8JsonReader answer, Utf8JsonWriter json);

    /// <inheritdoc />
    /// <exception cref="JsonException">The answer is no JSON, or is not shaped like one about users.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);

        // The SDK reads a user out of every 2xx and 3xx.
        if ((int)response.StatusCode is < 200 or >= 400 || RewritingOf(request) is not { } rewrite)
        {
            return response;
        }

        try
        {
            var canonical = await RewriteAsync(response.Content, rewrite, cancellationToken);
            response.Content.Dispose();
            response.Content = new ReadOnlyMemoryContent(canonical) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } };
            return response;
        }
        catch
        {
            // What we cannot read is not left to the SDK either: it might, and would then take its ids for ours.
            response.Dispose();
            throw;
        }
    }

    private static Rewriting? RewritingOf(HttpRequestMessage request) => (request.Method.Method, request.RequestUri!.AbsolutePath) switch
    {
        ("GET", Users) => Listed.WritePage,
        ("GET", var path) when path.StartsWith($"{Users}/", StringComparison.Ordinal) && path.LastIndexOf('/') == Users.Length => Identified.Write,
        _ => null,
    };

    private static async Task<ReadOnlyMemory<byte>> RewriteAsync(HttpContent answer, Rewriting rewrite, CancellationToken cancellationToken)
    {
        // The resilience handler has it in memory already.
        await using var stream = await answer.ReadAsStreamAsync(cancellationToken);
        var length = (int)stream.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await stream.ReadExactlyAsync(bytes.AsMemory(0, length), cancellationToken);
            return Rewrite(bytes.AsSpan(0, length), rewrite);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static ReadOnlyMemory<byte> Rewrite(ReadOnlySpan<byte> answer, Rewriting rewrite)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xEF, 0xBB, 0xBF];
        var reader = new Utf8JsonReader(answer.StartsWith(byteOrderMark) ? answer[byteOrderMark.Length..] : answer, Reading);
        var canonical = new ArrayBufferWriter<byte>(answer.Length + 1024);
        using (var json = new Utf8JsonWriter(canonical, Json))
        {
            reader.Read();
            rewrite(ref reader, json);

            // Throws if something follows.
            reader.Read();
        }

        return canonical.WrittenMemory;
    }
}
