using System.Net;
using AdminFunctions.Access;
using AdminFunctions.Audit;
using AdminFunctions.Http;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Vault;
using AdminFunctions.Tests.Deletions;
using AdminFunctions.Tests.Kusto;
using AdminFunctions.Tests.Management;
using AdminFunctions.Tests.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions.Tests.Infra;

/// <summary>
/// The tables of the workspace after calls that go wrong in all the ways that an alert rule is about. The functions have written the
/// log lines. What Azure records (requests, metrics, writes to the storage account) is made up.
/// </summary>
public sealed class LogAnalytics : IAsyncLifetime
{
    private const string Grant = "POST /oauth/token";
    private const string List = "GET /api/v2/users";

    /// <summary>What <c>now()</c> is in a query.</summary>
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 30, 0, TimeSpan.Zero);

    /// <summary>The columns of the tables, as far as queries read them.</summary>
    private static readonly Dictionary<string, string[]> Schema = new(StringComparer.Ordinal)
    {
        ["AppTraces"] = ["TimeGenerated", "OperationName", "Message", "Properties", "OperationId"],
        ["AppRequests"] = ["TimeGenerated", "OperationName", "ResultCode", "DurationMs", "ItemCount"],
        ["AppMetrics"] = ["TimeGenerated", "Name", "Min", "Properties"],
        ["StorageBlobLogs"] = ["TimeGenerated", "OperationName", "StatusText", "RequesterObjectId", "CallerIpAddress", "Uri", "Category"],
    };

    private readonly Dictionary<string, KustoTable> _tables = new(StringComparer.Ordinal)
    {
        ["AppRequests"] = Table(
            "AppRequests",
            [
                .. Enumerable.Repeat<object?[]>(["GetUsers", "500", 2500.0, 1.0], 20),
                .. Enumerable.Repeat<object?[]>(["GetUser", "200", 200.0, 1.0], 20),
                .. Enumerable.Repeat<object?[]>(["BlockUser", "200", 2500.0, 1.0], 19),
                .. Enumerable.Repeat<object?[]>(["ExportUsers", "200", 60_000.0, 1.0], 20),
                ["GetHealth", "200", 1.0, 1_000_000.0],
            ]),
        ["AppMetrics"] = Table(
            "AppMetrics",
            InstrumentsTests.Units.Keys.Select(name =>
                new object?[] { name, 42.0, new Dictionary<string, string> { ["admin_functions.tenant.rate_limit"] = "users.read" } })),
        ["StorageBlobLogs"] = Table(
            "StorageBlobLogs",
            [
                ["PutBlob", "Success", "id", "192.0.2.1", "https://st.blob.core.windows.net:443/app-package/released-package.zip", "StorageWrite"],
                ["PutBlob", "Success", "id", "192.0.2.1", "https://st.blob.core.windows.net:443/azure-webjobs-hosts/locks/host", "StorageWrite"],
            ]),
    };

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        await using var app = await Target.StartAsync(settings: ("Users:Protected", "auth0|owner"));
        using var reader = app.Reader();
        using var administrator = app.CallerWith(Permissions.ReadUsers, Permissions.UpdateUsers, Permissions.DeleteUsers);

        app.Vault.Faults.Add(LocalVault.Forbidden);
        await ShouldAnswerAsync(HttpStatusCode.ServiceUnavailable, reader.GetAsync("/api/users"));
        app.Vault.Faults.Clear();

        await ShouldAnswerAsync(HttpStatusCode.OK, reader.GetAsync("/api/users"));
        app.Tenant.Faults.Add(Fault.Answer(List, 403));
        await ShouldAnswerAsync(HttpStatusCode.BadGateway, reader.GetAsync("/api/users"));
        for (var call = 0; call < 5; call++)
        {
            app.Tenant.Faults.Add(Fault.Answer(List, 429) with { Headers = new Dictionary<string, string> { ["Retry-After"] = "30" } });
            await ShouldAnswerAsync(HttpStatusCode.ServiceUnavailable, reader.GetAsync("/api/users"));
            app.Time.Advance(TimeSpan.FromSeconds(31));
        }

        app.Tenant.Faults.Add(new Fault { Match = "POST /api/v2/jobs/verification-email", Mode = FaultMode.AbortAfter });
        await ShouldAnswerAsync(HttpStatusCode.BadGateway, administrator.PostAsync(Target.Path("/verification-email"), content: null));
        await ShouldAnswerAsync(HttpStatusCode.NoContent, administrator.DeleteAsync(Target.Path()));
        await ShouldAnswerAsync(HttpStatusCode.NoContent, administrator.DeleteAsync(Target.Path()));
        for (var attempt = 0; attempt < 25; attempt++)
        {
            await ShouldAnswerAsync(HttpStatusCode.Forbidden, reader.DeleteAsync(Target.Path()));
        }

        app.Time.Advance(TimeSpan.FromMinutes(1));
        await ShouldAnswerAsync(HttpStatusCode.Conflict, administrator.DeleteAsync(Target.Path(id: "auth0|owner")));

        var plan = await administrator.PlanEveryoneAsync();
        await administrator.ExecuteAsync(plan.Tickets[0], plan);
        await FailUnexpectedlyAsync(app);
        await CrashAsync(app);

        app.Tenant.Faults.Add(Fault.Answer(Grant, 403) with { Times = null });
        app.Time.Advance(TimeSpan.FromHours(18));
        using var later = app.Reader();
        await ShouldAnswerAsync(HttpStatusCode.OK, later.GetAsync("/api/users"));
        await Waiting.UntilAsync(() => app.Log.Messages.Any(line => line.Contains("could not be renewed", StringComparison.Ordinal)));

        _tables["AppTraces"] = Table("AppTraces", app.Log.Messages.Select(Trace));
    }

    /// <inheritdoc />
    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Runs a query.</summary>
    internal KustoTable Run(string query) => KustoQuery.Run(query, _tables, Now);

    /// <summary>Runs a query after nothing but normal calls.</summary>
    internal static KustoTable RunQuietly(string query) => KustoQuery.Run(
        query,
        new Dictionary<string, KustoTable>(StringComparer.Ordinal)
        {
            ["AppTraces"] = Table("AppTraces", new[] { "Executing 'Functions.GetUsers' (Reason='This function was programmatically called via the host APIs.')" }.Select(Trace)),
            ["AppRequests"] = Table("AppRequests", Enumerable.Repeat<object?[]>(["GetUsers", "200", 200.0, 1.0], 20)),
            ["AppMetrics"] = Table("AppMetrics", []),
            ["StorageBlobLogs"] = Table("StorageBlobLogs", []),
        },
        Now);

    private static object?[] Trace(string line) =>
        ["DeleteUser", line, new Dictionary<string, string> { ["Category"] = "Function.DeleteUser.User" }, "4bf92f3577b34da6a3ce929d0e0e4736"];

    /// <summary>Rows of ten minutes ago.</summary>
    private static KustoTable Table(string name, IEnumerable<object?[]> rows) => new(
        Schema[name],
        [
            .. rows.Select(row => Schema[name].Zip<string, object?>([Now.AddMinutes(-10), .. row])
                .ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal)),
        ]);

    private static async Task ShouldAnswerAsync(HttpStatusCode status, Task<HttpResponseMessage> call)
    {
        using var answer = await call.InTimeAsync();
        answer.StatusCode.ShouldBe(status);
    }

    /// <summary>No HTTP request is known that causes it.</summary>
    private static Task<IResult> FailUnexpectedlyAsync(AdminApp app) => app.Services.GetRequiredService<RequestPipeline>().RunAsync(
        FunctionPolicy.AllowAnonymous("Test"),
        new DefaultHttpContext().Request,
        _ => throw new InvalidCastException("Nobody knew."),
        CancellationToken.None);

    /// <summary>Two attempts to delete, in one trace. The first never ends.</summary>
    private static async Task CrashAsync(AdminApp app)
    {
        var context = new DefaultHttpContext { TraceIdentifier = "4bf92f3577b34da6a3ce929d0e0e4736" };
        foreach (var user in new[] { "auth0|crashed", "auth0|ended" })
        {
            var entry = app.Services.GetRequiredService<AuditTrail>().Open("DeleteUser", user, context);
            entry.Admit(new Caller("auth0|b"));
            await entry.RequestAsync(static _ => Task.CompletedTask);
            if (user == "auth0|ended")
            {
                entry.Close(problem: null, exception: null);
            }
        }
    }
}
