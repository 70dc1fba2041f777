#pragma warning disable CA1822 // A function is usually an instance method, and so are these.

using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using FromBodyAttribute = Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute;

// The functions that HostContract calls. A function app with only this file lets you run the same tests against a real host.
namespace AdminFunctions.Tests.FunctionHost;

public class ThingFunctions
{
    [Function("GetThing")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/{id}")] HttpRequest request, string id) => Results.Text(id);

    [Function("DeleteThing")]
    public Task<IResult> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "things/{id}")] HttpRequest request, string id) => Task.FromResult(Results.NoContent());

    [Function("ChangeThing")]
    public IResult Change([HttpTrigger(AuthorizationLevel.Anonymous, "put", "patch", Route = "things/{id}")] HttpRequest request, string id) => Results.Text($"{request.Method} {id}");

    [Function("GetSpecialThing")]
    public IResult GetSpecial([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "things/special")] HttpRequest request) => Results.Text("the special thing");

    [Function("ByName")]
    public IResult ByName([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Text(request.Method);

    [Function("Lower")]
    public IResult Lower([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "lower")] HttpRequest request) => Results.Text("lower");

    [Function("Keyed")]
    public IResult Keyed([HttpTrigger(AuthorizationLevel.Function, "get", Route = "keyed")] HttpRequest request) => Results.Text("keyed");

    [Function("KeyedAdmin")]
    public IResult KeyedAdmin([HttpTrigger(AuthorizationLevel.Admin, "get", Route = "keyedAdmin")] HttpRequest request) => Results.Text("keyed");
}

public sealed record Person(string Name);

public class BindingFunctions
{
    [Function("Number")]
    public IResult Number([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "numbers/{n:int}")] HttpRequest request, int n)
        => Results.Text((n + 1).ToString(CultureInfo.InvariantCulture));

    [Function("Converted")]
    public IResult Converted(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "converted/{id}/{day}/{flag}/{amount}")] HttpRequest request,
        Guid id, DateTime day, bool flag, double amount)
        => Results.Text(string.Create(CultureInfo.InvariantCulture, $"{id} {day:yyyy-MM-dd} {flag} {amount}"));

    [Function("Optional")]
    public IResult Optional([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "optional/{id?}")] HttpRequest request, string? id) => Results.Text(id ?? "none");

    [Function("Code")]
    public IResult Code([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "codes/{code}")] HttpRequest request, string code) => Results.Text(code);

    [Function("Files")]
    public IResult Files([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "files/{*path}")] HttpRequest request, string path) => Results.Text(path);

    [Function("Query")]
    public IResult Query([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "query")] HttpRequest request, string? name, int? n, int size = 50)
        => Results.Text(string.Create(CultureInfo.InvariantCulture, $"{name ?? "null"} {(n is null ? "-" : n)} {size}"));

    [Function("Required")]
    public IResult Required([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "required")] HttpRequest request, int n) => Results.Text("never");

    [Function("AsSent")]
    public async Task<IResult> AsSentAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "asSent")] HttpRequest request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        return Results.Text($"{request.QueryString} {request.Headers.Authorization} {await reader.ReadToEndAsync(cancellationToken)}");
    }

    [Function("TraceParent")]
    public IResult TraceParent([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "traceParent")] HttpRequest request) => Results.Text(request.Headers.TraceParent);

    [Function("People")]
    public IResult People([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "people")] HttpRequest request, [FromBody] Person? person) => Results.Text(person?.Name ?? "nobody");
}

public class AnswerFunctions(ILogger<AnswerFunctions> logger)
{
    [Function("Action")]
    public IActionResult Action([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "action")] HttpRequest request) => new ObjectResult(new { FirstName = "Ann" }) { StatusCode = 201 };

    [Function("Json")]
    public IResult Json([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "json")] HttpRequest request) => Results.Ok(new { FirstName = "Ann" });

    [Function("Limited")]
    public async Task<IResult> LimitedAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "limited")] HttpRequest request)
    {
        await Task.Yield();
        var headers = request.HttpContext.Response.Headers;
        headers.WWWAuthenticate = "Bearer error=\"insufficient_scope\", scope=\"read:users\"";
        headers.RetryAfter = "7";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        return Results.Problem(title: "Too many", statusCode: 429);
    }

    [Function("Bare")]
    public async Task BareAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bare")] HttpRequest request, CancellationToken cancellationToken)
    {
        request.HttpContext.Response.StatusCode = 202;
        await request.HttpContext.Response.WriteAsync("bare", cancellationToken);
    }

    [Function("Silent")]
    public Task SilentAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "silent")] HttpRequest request) => Task.CompletedTask;

    [Function("Null")]
    public Task<IResult?> NullAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "null")] HttpRequest request) => Task.FromResult<IResult?>(null);

    [Function("Synchronous")]
    public IActionResult Synchronous([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "synchronous")] HttpRequest request) => new ContentResult { Content = "synchronous" };

    [Function("ValueTask")]
    public ValueTask<IResult> ValueTaskAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "valueTask")] HttpRequest request) => new(Results.Text("ValueTask"));

    [Function("Union")]
    public async Task<Microsoft.AspNetCore.Http.HttpResults.Results<Microsoft.AspNetCore.Http.HttpResults.Ok<string>, Microsoft.AspNetCore.Http.HttpResults.NotFound>> UnionAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "union")] HttpRequest request)
    {
        await Task.Yield();
        return TypedResults.NotFound();
    }

    [Function("Injected")]
    public IResult Injected([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "injected")] HttpRequest request) => Results.Text(logger is null ? "not injected" : "injected");

    [Function("Throws")]
    public async Task<IResult> ThrowsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throws")] HttpRequest request)
    {
        await Task.Yield();
        throw new InvalidOperationException("A detail that no caller may see.");
    }

    [Function("ThrowsAtOnce")]
    public IResult ThrowsAtOnce([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throwsAtOnce")] HttpRequest request)
        => throw new InvalidOperationException("A detail that no caller may see.");

    [Function("ThrowsLate")]
    public Task ThrowsLateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throwsLate")] HttpRequest request)
    {
        request.HttpContext.Response.StatusCode = 201;
        request.HttpContext.Response.ContentType = "text/plain";
        throw new InvalidOperationException("A detail that no caller may see.");
    }

    [Function("ThrowsInResult")]
    public IResult ThrowsInResult([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "throwsInResult")] HttpRequest request)
        => Results.File("/no/such/file/anywhere.txt");

    [Function("WritesSynchronously")]
    public Task WritesSynchronouslyAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "writesSynchronously")] HttpRequest request)
    {
        request.HttpContext.Response.Body.Write("written"u8);
        return Task.CompletedTask;
    }
}

public static class StaticFunctions
{
    [Function("Static")]
    public static IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "static/{id}")] HttpRequest request, string id) => Results.Text($"static {id}");
}

public class StreamFunctions
{
    private static readonly ConcurrentDictionary<string, string> States = new(StringComparer.Ordinal);

    [Function("Stream")]
    public async Task StreamAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stream/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        States[id] = "running";
        using var _ = cancellationToken.Register(() => States[id] = "cancelled");
        await BeginAsync(request);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    [Function("StreamState")]
    public IResult State([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "stream/{id}/state")] HttpRequest request, string id) => Results.Text(States.GetValueOrDefault(id));

    [Function("Breaks")]
    public async Task BreaksAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "breaks")] HttpRequest request)
    {
        await BeginAsync(request);
        throw new InvalidOperationException("A detail that no caller may see.");
    }

    [Function("Aborts")]
    public async Task AbortsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "aborts")] HttpRequest request)
    {
        await BeginAsync(request);
        request.HttpContext.Abort();
    }

    [Function("BreaksUnflushed")]
    public Task BreaksUnflushedAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "breaksUnflushed")] HttpRequest request)
    {
        var writer = request.HttpContext.Response.BodyWriter;
        "half"u8.CopyTo(writer.GetSpan(4));
        writer.Advance(4);
        throw new InvalidOperationException("A detail that no caller may see.");
    }

    private static async Task BeginAsync(HttpRequest request)
    {
        await request.HttpContext.Response.WriteAsync("first\n");
        await request.HttpContext.Response.Body.FlushAsync();
    }
}
