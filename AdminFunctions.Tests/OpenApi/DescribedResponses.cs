using System.Globalization;
using System.Text.Json;
using Microsoft.OpenApi;

namespace AdminFunctions.Tests.OpenApi;

/// <summary>Fails a test that gets a response which openapi.yaml does not describe: a status, a media type, a header or a body.</summary>
internal sealed class DescribedResponses : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (OpenApiDescription.Find(request.Method, request.RequestUri!) is { } operation)
        {
            await CheckAsync(operation, response, cancellationToken);
        }

        return response;
    }

    private static async Task CheckAsync(DescribedOperation operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        if (!response.Headers.Contains("X-Content-Type-Options"))
        {
            // The host's own response, to a path that only looks like a function's.
            return;
        }

        var described = operation.Value.Responses![status].ShouldNotBeNull($"{operation.Value.OperationId} has no response {status}.");
        foreach (var (name, header) in described.Headers ?? new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal))
        {
            if (header.Required)
            {
                (response.Headers.Contains(name) || response.Content.Headers.Contains(name)).ShouldBeTrue($"{operation.Value.OperationId} {status} lacks {name}.");
            }
        }

        if (described.Content is not { Count: > 0 } content)
        {
            (await response.Content.ReadAsByteArrayAsync(cancellationToken)).ShouldBeEmpty($"{operation.Value.OperationId} {status}");
            return;
        }

        var mediaType = response.Content.Headers.ContentType?.MediaType ?? "";
        content.ShouldContainKey(mediaType, $"{operation.Value.OperationId} {status}");
        if (!mediaType.EndsWith("json", StringComparison.Ordinal) || mediaType is "application/x-ndjson" || content[mediaType].Schema is not { } schema)
        {
            return;
        }

        // The body is buffered, so the test can read it again.
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        OpenApiDescription.FaultsOf(body, operation, status, mediaType, schema).ShouldBeEmpty($"{operation.Value.OperationId} {status}: {body.GetRawText()}");
    }
}
