using System.Diagnostics;
using System.Text.Json;
using AdminFunctions.Access;

namespace AdminFunctions.Tests.Infra;

/// <summary>The commands of <em>Rotate the secret</em> in docs/operations.md, run against the local host. az only notes its arguments.</summary>
public sealed class RotationTests : IDisposable
{
    private static readonly string Section = Repository.Read("docs/operations.md").Split("## Rotate the secret\n")[1].Split("\n## ")[0];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("admin-functions-rotation-");

    private string Stored => Path.Combine(_folder.FullName, "stored");

    public void Dispose() => _folder.Delete(recursive: true);

    [CommandsFact("bash", "curl", "jq")]
    public async Task The_new_secret_gets_into_the_vault_and_the_next_grant_uses_it()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        await reader.GetAsync("/api/users");
        var old = app.Tenant.ClientSecret;

        var (rotated, _) = await RunAsync(app, reader, Block("file=$(mktemp)"), app.Tenant.MintManagementToken("update:client_keys"));
        rotated.ShouldBe(0);
        app.Tenant.ClientSecret.ShouldNotBe(old);
        (await File.ReadAllTextAsync(Stored)).ShouldBe(app.Tenant.ClientSecret);
        app.Vault.SetSecret("auth0-client-secret", await File.ReadAllTextAsync(Stored));

        // A restart discards the token.
        app.Tenant.RevokeManagementTokens();
        var (checkedIt, output) = await RunAsync(app, reader, Block("az functionapp restart"), token: "");
        checkedIt.ShouldBe(0);
        JsonElement.Parse(output).GetProperty("status").GetString().ShouldBe("healthy");
        app.Tenant.Stats.TokenGrants.ShouldBe(2);
        app.Log.Lines().ShouldContain(line => line.Contains("Auth0 rejected the client secret, and Key Vault has a newer one"));
        (await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "calls"))).ShouldBe(
            [
                "keyvault secret set --vault-name kv-example --name auth0-client-secret --output none",
                "functionapp restart --resource-group rg-production --name func-example --output none",
            ]);
    }

    [CommandsFact("bash", "curl", "jq")]
    public async Task A_rotation_that_Auth0_refuses_does_not_touch_the_vault()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        await RunAsync(app, reader, Block("file=$(mktemp)"), app.Tenant.MintManagementToken("read:users"));

        File.Exists(Stored).ShouldBeFalse();
        File.Exists(Path.Combine(_folder.FullName, "calls")).ShouldBeFalse();
    }

    [CommandsFact("bash", "curl", "jq")]
    public async Task The_check_after_a_restart_finds_a_vault_without_the_new_secret()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();
        app.Tenant.RotateClientSecret(alsoWhereKept: false);

        var (_, output) = await RunAsync(app, reader, Block("az functionapp restart"), token: "");

        JsonElement.Parse(output).GetProperty("status").GetString().ShouldBe("degraded");
    }

    [CommandsFact("bash", "curl", "jq")]
    public async Task The_rehearsal_ends_as_the_page_says()
    {
        await using var app = await AdminApp.StartAsync();
        using var reader = app.Reader();

        var (status, output) = await RunAsync(app, reader, Block("TOKEN=$(curl"), token: "");

        status.ShouldBe(0);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(4);
        lines[..3].ShouldAllBe(line => line.StartsWith("[{\"user_id\":"));
        lines[3].ShouldBe("""{"tokenGrants":2,"secretReads":2}""");
        app.Log.Lines().ShouldContain(line => line.Contains("Auth0 rejected the client secret, and Key Vault has a newer one"));
    }

    /// <summary>The lines of the block of commands that begins with this text.</summary>
    private static string Block(string start)
    {
        var lines = Section.Split('\n').SkipWhile(line => !line.TrimStart().StartsWith(start, StringComparison.Ordinal)).ToList();
        return string.Join('\n', lines.TakeWhile(line => line.Length > 0));
    }

    /// <summary>Runs commands as a person would, with the addresses of this app. The local tenant has no HTTPS.</summary>
    private async Task<(int Status, string Output)> RunAsync(AdminApp app, HttpClient reader, string commands, string token)
    {
        var az = Path.Combine(_folder.FullName, "az");
        await File.WriteAllTextAsync(az, $"""
            #!/usr/bin/env bash
            if [[ "$*" =~ --file\ ([^ ]+) ]]; then cp "{"${BASH_REMATCH[1]}"}" {Stored}; fi
            sed -E 's/ --file [^ ]+//' <<< "$*" >> {Path.Combine(_folder.FullName, "calls")}
            """.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var functions = reader.BaseAddress!.GetLeftPart(UriPartial.Authority);
        var start = new ProcessStartInfo("bash", ["-c", commands
            .Replace("https://$AUTH0_DOMAIN", "http://$AUTH0_DOMAIN", StringComparison.Ordinal)
            .Replace("http://localhost:7072", app.Tenant.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("http://localhost:7071", functions, StringComparison.Ordinal)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{_folder.FullName}:{start.Environment["PATH"]}";
        start.Environment["AUTH0_DOMAIN"] = app.Tenant.Domain;
        start.Environment["AUTH0_CLIENT_ID"] = app.Tenant.ClientId;
        start.Environment["TOKEN"] = token;
        start.Environment["ACCESS_TOKEN"] = app.Tenant.MintAccessToken(AdminApp.CallerId, [Permissions.ReadUsers]);
        start.Environment["VAULT"] = "kv-example";
        start.Environment["RESOURCE_GROUP"] = "rg-production";
        start.Environment["FUNCTION_APP"] = "func-example";
        start.Environment["URL"] = functions;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
