using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using AdminFunctions.LocalHost.Tenant;

namespace AdminFunctions.Tests.Export;

public sealed partial class SpreadsheetTests
{
    [SpreadsheetFact]
    public async Task No_cell_becomes_a_formula_whatever_separates_the_cells()
    {
        await using var app = await AdminApp.StartAsync(new TenantOptions { Users = 0 });
        using var reader = app.Reader();
        app.Tenant.Users.Put(CsvCells.All.Select((cell, i) =>
            Exports.Somebody($"auth0|{i}", new DateTime(2024, 5, 6, 8, i, 0, DateTimeKind.Utc)) with { Name = cell.Text, Nickname = cell.Text }));
        var table = await reader.GetStringAsync("/api/users/export?format=csv");
        var folder = Directory.CreateTempSubdirectory("spreadsheet-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "table.csv"), table);
            await File.WriteAllTextAsync(Path.Combine(folder, "raw.csv"), string.Concat(CsvCells.All.Select(cell => $"auth0,{cell.Text}\r\n")));
            foreach (var separator in ",;\t")
            {
                await OpenAsync(folder, separator);

                Formulas(folder, "table").ShouldBeEmpty($"separated by U+{(int)separator:X4}");

                // This shows that LibreOffice does recognize formulas.
                Formulas(folder, "raw").ShouldNotBeEmpty($"separated by U+{(int)separator:X4}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Opens both files with a separator and saves them as XML. The options: UTF-8, trim cells, evaluate formulas.</summary>
    private static async Task OpenAsync(string folder, char separator)
    {
        // https://help.libreoffice.org/latest/en-US/text/shared/guide/csv_params.html
        var filter = string.Create(CultureInfo.InvariantCulture, $"CSV:{(int)separator},34,76,1,,0,false,true,false,false,true,0,true");
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var soffice = Process.Start(new ProcessStartInfo(SpreadsheetFactAttribute.Program!)
        {
            ArgumentList =
            {
                $"-env:UserInstallation={new Uri(Path.Combine(folder, "profile"))}", "--headless", $"--infilter={filter}", "--convert-to", "fods", "--outdir", folder,
                Path.Combine(folder, "table.csv"), Path.Combine(folder, "raw.csv"),
            },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await soffice.StandardOutput.ReadToEndAsync(timeout.Token);
        await soffice.WaitForExitAsync(timeout.Token);
        soffice.ExitCode.ShouldBe(0);
    }

    private static IEnumerable<string> Formulas(string folder, string name) =>
        Formula().Matches(File.ReadAllText(Path.Combine(folder, $"{name}.fods"))).Select(match => match.Value);

    [GeneratedRegex("table:formula=\"[^\"]*\"", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Formula();
}
