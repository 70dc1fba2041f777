using System.Globalization;

namespace AdminFunctions.Chaos;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        Calls the functions in this process while the tenant and the vault fail according to a seeded schedule, and checks
        invariants. Exit codes: 0: all invariants hold; 1: an invariant is violated; 2: an option is not valid.

          --seed N      seed of the schedule; default 1
          --seconds N   length, including the last 10 s without faults; default 60; minimum 20. From 180, checks memory too
          --callers N   number of concurrent callers; default 64. Two more callers export all users repeatedly
          --log         writes the log of the functions to standard error
        """;

    public int Seed { get; private init; } = 1;

    public int Seconds { get; private init; } = 60;

    public int Callers { get; private init; } = 64;

    public bool Log { get; private init; }

    /// <summary>Parses the command line.</summary>
    /// <returns>The options, or <see langword="null"/> if one is not valid.</returns>
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
