namespace AdminFunctions.Tests.Export;

/// <summary>A fact about what LibreOffice makes of a table. It is skipped where LibreOffice is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SpreadsheetFactAttribute : FactAttribute
{
    public SpreadsheetFactAttribute() => Skip = Program is null ? "LibreOffice (soffice) is not on the PATH." : null;

    /// <summary>LibreOffice; null where it is not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "soffice"))
        .FirstOrDefault(File.Exists);
}
