#pragma warning disable CA1050, MA0047 // The runtime looks for it outside every namespace.

using System.Diagnostics;

/// <summary>
/// Ends a worker that these tests started when they are gone, however they ended: nobody else would, since a worker outlives
/// its host. .NET runs it in the worker before the worker's own Main (DOTNET_STARTUP_HOOKS).
/// </summary>
internal static class StartupHook
{
    /// <summary>Watches the standard input, a pipe from the tests that the system closes with them.</summary>
    public static void Initialize() => new Thread(KillAtTheEndOfTheInput) { IsBackground = true, Name = "The tests' end" }.Start();

    private static void KillAtTheEndOfTheInput()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
            // Nobody writes to it.
        }

        using var worker = Process.GetCurrentProcess();
        worker.Kill();
    }
}
