using AdminFunctions.Functions;
using BenchmarkDotNet.Attributes;

namespace AdminFunctions.Micro;

/// <summary>Handles a request for a page of 50 users: the whole API and the SDK, but no sockets.</summary>
public class Handler
{
    private readonly GetUsers _getUsers = Functions.Get<GetUsers>();

    /// <summary>Fills the caches.</summary>
    public Handler()
    {
        if (RunAsync().GetAwaiter().GetResult() is not 200)
        {
            throw new InvalidOperationException("The functions do not return users.");
        }
    }

    /// <summary>The benchmark.</summary>
    [Benchmark]
    public async Task<int> RunAsync()
    {
        var context = Functions.Request("?include_totals=true");
        var result = await _getUsers.Run(context.Request, CancellationToken.None);
        await result.ExecuteAsync(context);
        return context.Response.StatusCode;
    }
}
