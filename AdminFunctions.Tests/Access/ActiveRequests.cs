using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Access;

/// <summary>The number of requests that the functions are serving, as counted by ASP.NET Core.</summary>
internal sealed class ActiveRequests : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _active;

    /// <summary>Counts the requests that arrive from now on.</summary>
    public ActiveRequests(AdminApp app)
    {
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, published) =>
        {
            if (instrument.Name is "http.server.active_requests" && instrument.Meter.Scope == meters)
            {
                published.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, change, _, _) => Interlocked.Add(ref _active, change));
        _listener.Start();
    }

    /// <summary>Waits for this number of requests.</summary>
    public async Task WaitForAsync(int count)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (Interlocked.Read(ref _active) != count)
        {
            await Task.Delay(5, bound.Token);
        }
    }

    public void Dispose() => _listener.Dispose();
}
