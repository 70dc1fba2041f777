namespace AdminFunctions.Tests.Export;

/// <summary>A test that opens CSV in LibreOffice. It is skipped if LibreOffice is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SpreadsheetFactAttribute : FactAttribute
{
    public SpreadsheetFactAttribute() => Skip = Program is null ? "LibreOffice (soffice) is not on the PATH." : null;

    /// <summary>The path of LibreOffice; null if it is not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "soffice"))
        .FirstOrDefault(File.Exists);
}
