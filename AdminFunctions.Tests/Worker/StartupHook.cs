#pragma warning disable CA1050, MA0047 // The runtime looks for it outside every namespace.

using System.Diagnostics;

/// <summary>
/// Ends a worker when the tests that started it end for any reason, because a worker outlives its host. Meanwhile it tells them how much
/// the worker has allocated. .NET runs this hook in the worker before the worker's Main method (DOTNET_STARTUP_HOOKS).
/// </summary>
internal static class StartupHook
{
    /// <summary>What a line of the standard output begins with that has the number of allocated bytes.</summary>
    public const string Allocated = "allocated: ";

    /// <summary>Watches the standard input, a pipe that the system closes when the tests end.</summary>
    public static void Initialize() => new Thread(KillAtTheEndOfTheInput) { IsBackground = true, Name = "The tests' end" }.Start();

    private static void KillAtTheEndOfTheInput()
    {
        using var input = Console.OpenStandardInput();
        while (input.ReadByte() >= 0)
        {
            Console.WriteLine($"{Allocated}{GC.GetTotalAllocatedBytes()}");
        }

        using var worker = Process.GetCurrentProcess();
        worker.Kill();
    }
}
