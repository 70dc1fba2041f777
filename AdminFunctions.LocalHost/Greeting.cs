using AdminFunctions.Access;
using AdminFunctions.Functions;
using AdminFunctions.Http;
using AdminFunctions.LocalHost.Dashboard;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost;

/// <summary>The message that the local host prints when it is ready: URLs, accounts and commands to paste.</summary>
internal static class Greeting
{
    /// <summary>Prints the message.</summary>
    /// <param name="output">The console.</param>
    /// <param name="address">The base URL of the functions.</param>
    /// <param name="functions">The functions.</param>
    /// <param name="local">The local tenant and vault; <see langword="null"/> if the settings name another tenant.</param>
    /// <param name="dashboard">The dashboard.</param>
    /// <param name="settings">The local settings.</param>
    public static void Print(
        TextWriter output,
        string address,
        IReadOnlyList<FunctionDescriptor> functions,
        LocalTenantAndVault? local,
        LocalDashboard dashboard,
        LocalSettings settings)
    {
        output.WriteLine();
        if (dashboard.Announcement is { } announcement)
        {
            output.WriteLine(announcement);
            if (dashboard.Origin is { } origin && settings.Host.CorsOrigins is [_, ..] origins
                && !origins.Contains(origin) && !origins.Contains("*"))
            {
                output.WriteLine($"           It cannot call the functions. Add {origin} to Host.CORS in {settings.Path}");
            }

            output.WriteLine();
        }

        if (local is not null)
        {
            var tenant = local.Tenant.Address.GetLeftPart(UriPartial.Authority);
            output.WriteLine($"Local tenant (in place of Auth0):    {tenant} with {local.Tenant.Users.Count} users");
            if (Admin.All.Where(admin => local.Tenant.Users.Find(admin.UserId) is not null).ToList() is [_, ..] admins)
            {
                var accounts = admins.Select(admin => $"{admin.GivenName} {admin.FamilyName} ({Rights(admin)})");
                output.WriteLine($"Accounts to sign in with:            {string.Join(", ", accounts)}");
            }

            output.WriteLine($"Local vault (in place of Key Vault): https://localhost:{local.Vault.Address.Port}");
        }
        else
        {
            output.WriteLine($"The tenant and the vault are those in {settings.Path ?? "the environment"}.");
        }

        output.WriteLine();
        output.WriteLine("Functions:");
        output.WriteLine();
        foreach (var function in functions)
        {
            output.WriteLine($"        {function.Describe(new Uri(address))}");
        }

        output.WriteLine();
        output.WriteLine(local is null
            ? "To call them, use these commands. Set TOKEN to an access token of the tenant for this API:"
            : "To call them, paste one of these commands. The token is valid for one day:");
        output.WriteLine();
        foreach (var function in functions.Where(static function => !TakesAPlan(function)).OrderBy(Consequence)
            .ThenBy(static function => PolicyOf(function) is { RequiresToken: true })
            .ThenBy(static function => function.Route, StringComparer.Ordinal))
        {
            output.WriteLine(CurlLine(function, address, local));
            output.WriteLine();
        }

        output.WriteLine("Press Ctrl+C to stop.");
        output.Flush();
    }

    private static string Rights(Admin admin)
    {
        var rights = admin.Permissions.Select(static permission => permission switch
        {
            Permissions.ReadUsers => "list",
            Permissions.UpdateUsers => "update",
            Permissions.DeleteUsers => "delete",
            Permissions.ResetMfa => "reset MFA",
            Permissions.ReadLogs => "read logs",
            _ => permission,
        }).ToList();
        return rights switch
        {
            [] => "no permissions",
            [var only] => $"can {only}",
            [.. var first, var last] => $"can {string.Join(", ", first)} and {last}",
        };
    }

    // You are likely to paste from the top, so functions that read come first, and the one that deletes the example's user comes last.
    private static int Consequence(FunctionDescriptor function) => function switch
    {
        { Methods: [] or ["GET", ..] } or { Name: nameof(PlanDeletions) } => 0,
        { Name: nameof(DeleteUser) } => 3,
        { Methods: ["DELETE", ..] } => 2,
        _ => 1,
    };

    /// <summary>Whether a call needs what a plan returns (docs/planned-deletions.md has an example), so that no line can be pasted.</summary>
    private static bool TakesAPlan(FunctionDescriptor function) => function.Name is nameof(ApprovePlan) or nameof(ExecutePlan);

    /// <summary>Someone to whom every function applies: with a password and an email address.</summary>
    private static string Example(LocalTenantAndVault local)
    {
        var users = local.Tenant.Users.All;
        var example = users.LastOrDefault(static user =>
            user is { Email: not null, Identities: [{ Connection.Provider: "auth0" }] } && Admin.PermissionsOf(user.UserId) is []);
        return (example ?? users[^1]).UserId;
    }

    private static string ExampleQuery(FunctionDescriptor function) => function.Name switch
    {
        nameof(GetUsers) => "?per_page=5&include_totals=true",
        nameof(ExportUsers) => "?format=csv",
        nameof(GetUser) => "?blocks=true",
        _ => "",
    };

    private static string ExampleBody(FunctionDescriptor function) => function.Name switch
    {
        nameof(PlanDeletions) => """ -d '{"q":"blocked:true","action":"delete","reason":"Blocked accounts"}'""",
        _ => "",
    };

    private static FunctionPolicy? PolicyOf(FunctionDescriptor function) =>
        function.Method.DeclaringType!.GetProperty("Policy")?.GetValue(null) as FunctionPolicy;

    private static string CurlLine(FunctionDescriptor function, string address, LocalTenantAndVault? local)
    {
        var method = function.Methods is [var first, ..] && first != "GET" ? $"-i -X {first} " : "";
        var id = local is null ? "auth0%7C{id}" : Uri.EscapeDataString(Example(local));
        var path = function.Pattern.RawText!.Replace("{id}", id, StringComparison.Ordinal);
        var body = ExampleBody(function);
        string[] permissions = PolicyOf(function) is { Permission: { } permission } ? [permission] : [];
        if (function.Name is nameof(PlanDeletions))
        {
            permissions = [.. permissions, Permissions.DeleteUsers];
        }

        var token = local?.Tenant.MintAccessToken(Admin.All[0].UserId, permissions) ?? "$TOKEN";
        var header = PolicyOf(function) is { RequiresToken: true } ? $" -H \"Authorization: Bearer {token}\"" : "";
        return $"curl {method}\"{address}/{path}{ExampleQuery(function)}\"{header}{body}";
    }
}
