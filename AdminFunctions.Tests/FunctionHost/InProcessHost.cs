using System.Collections.Concurrent;
using AdminFunctions.LocalHost.FunctionHost;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AdminFunctions.Tests.FunctionHost;

/// <summary>Serves functions in memory, without sockets. They must not notice a difference.</summary>
internal sealed class InProcessHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private InProcessHost(FunctionHostOptions options, Type[] types, Action<IServiceCollection>? configure)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(new Capture(Log));
        builder.Services.AddFunctionHost();
        configure?.Invoke(builder.Services);
        _app = builder.Build();
        Functions = _app.MapFunctions(types, options);
    }

    public IReadOnlyList<FunctionDescriptor> Functions { get; }

    public ConcurrentQueue<(string Category, LogLevel Level, string Text)> Log { get; } = new();

    public static async Task<InProcessHost> StartAsync(FunctionHostOptions options, Type[] types, Action<IServiceCollection>? configure = null)
    {
        var host = new InProcessHost(options, types, configure);
        await host._app.StartAsync();
        return host;
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, params (string Name, string Value)[] headers)
    {
        using var client = _app.GetTestClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Capture(ConcurrentQueue<(string, LogLevel, string)> log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Logger(categoryName, log);

        public void Dispose()
        {
        }
    }

    private sealed class Logger(string category, ConcurrentQueue<(string, LogLevel, string)> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => log.Enqueue((category, logLevel, $"{formatter(state, exception)} {exception}"));
    }
}
