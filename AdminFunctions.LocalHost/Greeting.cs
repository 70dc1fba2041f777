using AdminFunctions.Access;
using AdminFunctions.Functions;
using AdminFunctions.Http;
using AdminFunctions.LocalHost.Dashboard;
using AdminFunctions.LocalHost.FunctionHost;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost;

/// <summary>What the local host prints when it is ready: what runs where, and lines to paste.</summary>
internal static class Greeting
{
    /// <summary>Prints it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="address">Where the functions are served.</param>
    /// <param name="functions">The functions.</param>
    /// <param name="local">The local tenant and vault, if they are what the functions use.</param>
    /// <param name="dashboard">The dashboard, or why there is none.</param>
    /// <param name="settings">The local.settings.json that names another tenant, if not.</param>
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
            if (dashboard.Origin is { } origin && settings.Host.CorsOrigins is [_, ..] origins && !origins.Contains(origin) && !origins.Contains("*"))
            {
                output.WriteLine($"           It cannot call the functions: add {origin} to Host.CORS in {settings.Path}");
            }

            output.WriteLine();
        }

        if (local is not null)
        {
            output.WriteLine($"Tenant, in Auth0's place:    {local.Tenant.Address.GetLeftPart(UriPartial.Authority)} with {local.Tenant.Users.Count} users");
            if (Admin.All.Where(admin => local.Tenant.Users.Find(admin.UserId) is not null).ToList() is [_, ..] admins)
            {
                output.WriteLine($"Who can sign in there:       {string.Join(", ", admins.Select(admin => $"{admin.GivenName} {admin.FamilyName} ({Rights(admin)})"))}");
            }

            output.WriteLine($"Vault, in Key Vault's place: https://localhost:{local.Vault.Address.Port}");
        }
        else
        {
            output.WriteLine($"Tenant and vault as set in {settings.Path ?? "the environment"}.");
        }

        output.WriteLine();
        output.WriteLine("Functions:");
        output.WriteLine();
        foreach (var function in functions)
        {
            output.WriteLine($"        {function.Describe(new Uri(address))}");
        }

        output.WriteLine();
        output.WriteLine(local is null ? "To call them, with an access token of the tenant for this API:" : "To call them, paste a line (its token is good for a day):");
        output.WriteLine();
        foreach (var function in functions.OrderBy(Consequence).ThenBy(static function => PermissionOf(function) is not null).ThenBy(static function => function.Route, StringComparer.Ordinal))
        {
            output.WriteLine(CurlLine(function, address, local));
            output.WriteLine();
        }

        output.WriteLine("Ctrl+C stops.");
        output.Flush();
    }

    private static string Rights(Admin admin) =>
        admin.Permissions is [] ? "may do nothing" : $"may {string.Join(" and ", admin.Permissions.Select(permission => permission switch
        {
            Permissions.ReadUsers => "list",
            Permissions.DeleteUsers => "delete",
            _ => permission,
        }))}";

    // Newcomers paste from the top: first what reads, then what changes something, and what deletes last.
    private static int Consequence(FunctionDescriptor function) => function.Methods switch
    {
        [] or ["GET", ..] => 0,
        ["DELETE", ..] => 2,
        _ => 1,
    };

    private static string ExampleQuery(FunctionDescriptor function) => function.Name switch
    {
        nameof(GetUsers) => "?per_page=5&include_totals=true",
        nameof(ExportUsers) => "?format=csv",
        _ => "",
    };

    private static string? PermissionOf(FunctionDescriptor function) =>
        (function.Method.DeclaringType!.GetProperty("Policy")?.GetValue(null) as FunctionPolicy)?.Permission;

    private static string CurlLine(FunctionDescriptor function, string address, LocalTenantAndVault? local)
    {
        var method = function.Methods is [var first, ..] && first != "GET" ? $"-i -X {first} " : "";
        var path = function.Pattern.RawText!.Replace("{id}", local is null ? "auth0%7C{id}" : Uri.EscapeDataString(local.Tenant.Users.All[^1].UserId), StringComparison.Ordinal);
        var header = PermissionOf(function) is not { } permission ? ""
            : $" -H \"Authorization: Bearer {(local is null ? "$TOKEN" : local.Tenant.MintAccessToken(Admin.All[0].UserId, [permission]))}\"";
        return $"curl {method}\"{address}/{path}{ExampleQuery(function)}\"{header}";
    }
}
