using AdminFunctions.Functions;
using BenchmarkDotNet.Attributes;

namespace AdminFunctions.Micro;

/// <summary>A page of 50 users, asked for and answered: all that is ours, and the SDK, but no socket.</summary>
public class Handler
{
    private readonly GetUsers _getUsers = Functions.Get<GetUsers>();

    /// <summary>Has the page read.</summary>
    public Handler()
    {
        if (RunAsync().GetAwaiter().GetResult() is not 200)
        {
            throw new InvalidOperationException("The functions do not answer with users.");
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
