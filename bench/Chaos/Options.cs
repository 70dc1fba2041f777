using System.Globalization;

namespace AdminFunctions.Chaos;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        Calls the functions, on the local host's parts in this process, while tenant and vault misbehave by a seeded
        schedule, and checks what must hold all the same. Exit code 0: all laws kept; 1: one is broken; 2: no such option.

          --seed N      another seed makes another schedule, default 1
          --seconds N   how long, the last 10 s without faults; default 60, at least 20. Memory is judged from 180 on
          --callers N   how many call at once, default 64; two more export all users over and over
          --log         writes what the functions log to standard error
        """;

    public int Seed { get; private init; } = 1;

    public int Seconds { get; private init; } = 60;

    public int Callers { get; private init; } = 64;

    public bool Log { get; private init; }

    /// <summary>Reads it.</summary>
    /// <returns>The options, or <see langword="null"/> if there is one that makes no sense.</returns>
    public static Options? Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] is "--log")
            {
                options = options with { Log = true };
                continue;
            }

            if (!int.TryParse(arguments.ElementAtOrDefault(i + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            switch (arguments[i++])
            {
                case "--seed":
                    options = options with { Seed = number };
                    break;
                case "--seconds" when number >= 20:
                    options = options with { Seconds = number };
                    break;
                case "--callers" when number > 0:
                    options = options with { Callers = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
