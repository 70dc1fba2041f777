using System.Text.Json;
using AdminFunctions.Tests.Infra;

namespace AdminFunctions.Tests.Export;

/// <summary>
/// Texts and the CSV cells that they become. The dashboard's tests read the same file, so that both write the same CSV.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Cell">The cell.</param>
internal sealed record CsvCells(string Text, string Cell)
{
    public static IReadOnlyList<CsvCells> All { get; } =
        JsonSerializer.Deserialize<CsvCells[]>(Repository.Read("AdminFunctions.Tests/Export/csv-cells.json"), JsonSerializerOptions.Web)!;
}
