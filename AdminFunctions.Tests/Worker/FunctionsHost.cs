using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdminFunctions.Tests.Worker.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Forwarder;

namespace AdminFunctions.Tests.Worker;

/// <summary>
/// A minimal Functions host for a built function app with the ASP.NET Core integration. It starts the app as a worker and gets its list of
/// functions. For each call it sends an invocation to the worker over gRPC and forwards the request over HTTP, as
/// Azure/azure-functions-host does in WebJobs.Script.Grpc. It has no keys, no CORS and only HTTP triggers.
/// </summary>
internal sealed class FunctionsHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _server;
    private readonly WorkerChannel _channel = new();
    private readonly HttpMessageInvoker _forwarding = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectCallback = ConnectAsync,
    });
    private WorkerProcess _worker = null!;
    private string _workerAddress = "";

    private FunctionsHost()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore().AddRouting().AddHttpForwarder().AddSingleton(_channel);
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, callers => callers.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, worker => worker.Protocols = HttpProtocols.Http2);
        });
        _server = builder.Build();
        _server.MapGrpcService<WorkerChannel>();
    }

    /// <summary>The address of the functions.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The functions that the worker has reported.</summary>
    public IReadOnlyList<IndexedFunction> Functions { get; private set; } = [];

    /// <summary>Whether the host's own span is in the caller's trace or in a new one.</summary>
    public bool JoinsTheCallersTrace { get; set; } = true;

    /// <summary>The lines that the worker logs during calls. A host drops all others.</summary>
    public IEnumerable<WorkerChannel.LogLine> Log => _channel.Log;

    /// <summary>The calls that have ended.</summary>
    public IEnumerable<WorkerChannel.Invocation> Ended => _channel.Ended;

    /// <summary>Starts the host and its worker.</summary>
    /// <param name="app">The path of the function app's assembly.</param>
    /// <param name="settings">The app settings.</param>
    public static async Task<FunctionsHost> StartAsync(string app, IReadOnlyDictionary<string, string> settings)
    {
        var host = new FunctionsHost();
        try
        {
            await host.StartWorkerAsync(app, settings).WaitAsync(Patience);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The worker's ID in the system.</summary>
    public int WorkerId => _worker.Id;

    /// <summary>Asks how many bytes the worker has allocated since it started.</summary>
    public Task<long> AllocatedAsync() => _worker.AllocatedAsync();

    /// <summary>Closes the worker's standard input, as the system does if these tests are killed.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> LetGoOfTheWorkerAsync()
    {
        _worker.CloseInput();
        return _worker.ExitCodeAsync();
    }

    /// <summary>Tells the worker to stop.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopWorkerAsync()
    {
        _channel.Send(new StreamingMessage { WorkerTerminate = new() });
        return _worker.ExitCodeAsync();
    }

    /// <summary>Kills the worker, as a machine that fails does.</summary>
    public Task KillWorkerAsync() => _worker.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            await _worker.DisposeAsync();
        }

        await _server.DisposeAsync();
        _forwarding.Dispose();
    }

    private async Task StartWorkerAsync(string app, IReadOnlyDictionary<string, string> settings)
    {
        IRouter router = new RouteCollection();
        _server.Use(next => context => context.Request.Protocol == HttpProtocol.Http2 ? next(context) : RouteAsync(router, context));
        await _server.StartAsync();
        var addresses = _server.Urls.Select(url => new Uri(url)).ToList();
        Address = addresses[0];

        var folder = Path.GetDirectoryName(app)!;
        _worker = WorkerProcess.Start(app, addresses[1], Guid.NewGuid().ToString(), settings);
        if (await Task.WhenAny(_channel.Started, _worker.Ended) == _worker.Ended)
        {
            throw new InvalidOperationException($"The worker ended while it started: {_worker.Output}");
        }

        var initialized = (await _channel.RequestAsync(new StreamingMessage
        {
            WorkerInitRequest = new() { HostVersion = "4.1037.0", WorkerDirectory = folder, FunctionAppDirectory = folder },
        })).WorkerInitResponse;
        Check(initialized.Result, "initialize");
        _workerAddress = initialized.Capabilities["HttpUri"];

        var indexed = (await _channel.RequestAsync(new StreamingMessage
        {
            FunctionsMetadataRequest = new() { FunctionAppDirectory = folder },
        })).FunctionMetadataResponse;
        Check(indexed.Result, "index its functions");
        Functions = [.. indexed.FunctionMetadataResults.Select(IndexedFunction.Of)];
        foreach (var function in indexed.FunctionMetadataResults)
        {
            var loaded = await _channel.RequestAsync(new StreamingMessage
            {
                FunctionLoadRequest = new() { FunctionId = function.FunctionId, Metadata = function },
            });
            Check(loaded.FunctionLoadResponse.Result, $"load {function.Name}");
        }

        await MapAsync((RouteCollection)router, Path.Combine(folder, "host.json"));
    }

    private static void Check(StatusResult result, string what)
    {
        if (result.Status != StatusResult.Types.Status.Success)
        {
            throw new InvalidOperationException($"The worker could not {what}: {result.Exception?.Message}");
        }
    }

    /// <summary>
    /// Maps the functions as the host does. The first route that matches wins, in the order of the functions' names, however specific it is
    /// (https://github.com/Azure/azure-functions-host/issues/9876). The method is a constraint, so that the wrong one gets a 404.
    /// </summary>
    private async Task MapAsync(RouteCollection router, string hostJson)
    {
        var http = JsonNode.Parse(await File.ReadAllTextAsync(hostJson))?["extensions"]?["http"];
        var prefix = http?["routePrefix"]?.GetValue<string>() ?? "api";
        var inlineConstraints = _server.Services.GetRequiredService<IInlineConstraintResolver>();
        foreach (var function in Functions.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase))
        {
            var methods = new Dictionary<string, object>(StringComparer.Ordinal);
            if (function.Methods.Count > 0)
            {
                methods["httpMethod"] = new HttpMethodRouteConstraint([.. function.Methods]);
            }

            var handler = new RouteHandler(context => InvokeAsync(function, context));
            router.Add(new Route(handler, $"{prefix}/{function.Route}", defaults: null, constraints: methods, dataTokens: null, inlineConstraints));
        }
    }

    private static async Task RouteAsync(IRouter router, HttpContext context)
    {
        var route = new RouteContext(context);
        route.RouteData.Routers.Add(router);
        await router.RouteAsync(route);
        if (route.Handler is { } handler)
        {
            context.Request.RouteValues = route.RouteData.Values;
            await handler(context);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    /// <summary>
    /// Passes a call to the worker. The HTTP response does not show whether the function threw; the worker says that over gRPC.
    /// </summary>
    private async Task InvokeAsync(IndexedFunction function, HttpContext context)
    {
        using var span = new Activity("the host's own").SetIdFormat(ActivityIdFormat.W3C);
        if (JoinsTheCallersTrace && context.Request.Headers.TraceParent.ToString() is { Length: > 0 } traceParent)
        {
            span.SetParentId(traceParent);
        }

        span.Start();
        var request = new InvocationRequest
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = function.Id,
            TraceContext = new() { TraceParent = span.Id },
            InputData = { new ParameterBinding { Name = function.Trigger, Data = new() { Http = new() } } },
        };
        foreach (var (name, value) in TriggerMetadata(context, function))
        {
            request.TriggerMetadata[name] = new TypedData { String = value };
        }

        Activity.Current = null;
        context.Request.Headers["x-ms-invocation-id"] = request.InvocationId;
        var forwarder = context.RequestServices.GetRequiredService<IHttpForwarder>();
        var forwarded = forwarder.SendAsync(context, _workerAddress, _forwarding, ForwarderRequestConfig.Empty);
        var invocation = _channel.Invoke(function.Name, request);
        await using var leaving = context.RequestAborted.Register(() =>
            _channel.Send(new StreamingMessage { InvocationCancel = new() { InvocationId = request.InvocationId } }));

        var error = await forwarded;
        var result = await invocation.Result.WaitAsync(Patience);
        if (error == ForwarderError.None && result.Status == StatusResult.Types.Status.Success)
        {
            _channel.Ended.Enqueue(invocation);
            return;
        }

        invocation.Fail();
        _channel.Ended.Enqueue(invocation);
        if (context.Response.HasStarted)
        {
            context.Abort();
        }
        else
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    /// <summary>The query without keys, and the route values, which take precedence over query parameters of the same name.</summary>
    private static Dictionary<string, string> TriggerMetadata(HttpContext context, IndexedFunction function)
    {
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in context.Request.Query)
        {
            if (!name.Equals("code", StringComparison.OrdinalIgnoreCase))
            {
                metadata[name] = values.Count > 0 ? values[^1] ?? "" : "";
            }
        }

        foreach (var parameter in TemplateParser.Parse(function.Route).Parameters)
        {
            metadata.Remove(parameter.Name!);
            if (context.GetRouteValue(parameter.Name!) is { } value)
            {
                metadata[parameter.Name!] = value.ToString()!;
            }
        }

        return metadata;
    }

    /// <summary>
    /// Connects to 127.0.0.1, whatever the name. It retries until the worker listens, because the worker may connect over gRPC earlier.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        for (var started = TimeProvider.System.GetTimestamp(); ;)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException refused)
                when (refused.SocketErrorCode == SocketError.ConnectionRefused
                    && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5))
            {
                socket.Dispose();
                await Task.Delay(20, cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    /// <summary>A function as the worker reports it.</summary>
    /// <param name="Id">The ID for loading and invocations.</param>
    /// <param name="Name">Its name.</param>
    /// <param name="Trigger">The name of the parameter with the trigger.</param>
    /// <param name="Methods">Its methods; empty for all.</param>
    /// <param name="Route">Its route after the prefix.</param>
    /// <param name="Level">The required key.</param>
    public sealed record IndexedFunction(string Id, string Name, string Trigger, IReadOnlyList<string> Methods, string Route, string Level)
    {
        public static IndexedFunction Of(RpcFunctionMetadata function)
        {
            var trigger = function.RawBindings.Select(binding => JsonNode.Parse(binding)!)
                .First(binding => binding["type"]!.GetValue<string>() == "httpTrigger");
            return new(
                function.FunctionId,
                function.Name,
                trigger["name"]!.GetValue<string>(),
                trigger["methods"]?.Deserialize<List<string>>()?.ConvertAll(method => method.ToUpperInvariant()) ?? [],
                trigger["route"]?.GetValue<string>() ?? function.Name,
                trigger["authLevel"]!.GetValue<string>());
        }
    }
}
