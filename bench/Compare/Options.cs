using System.Globalization;

namespace AdminFunctions.Compare;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        Compares AdminFunctions with an Express server that does the same and with the tenant called directly, each in a
        process of its own, by turns. It needs Node.js 20.19 or later, and uses wrk if it is on the PATH, else autocannon.
        Exit code 0: all ratios kept; 1: one is not; 2: no such option; 3: something did not run.

          --rounds N    how often, default 5
          --seconds N   how long each is called by so many callers in a round, default 5
        """;

    public int Rounds { get; private init; } = 5;

    public int Seconds { get; private init; } = 5;

    /// <summary>Reads it.</summary>
    /// <returns>The options, or <see langword="null"/> if there is one that makes no sense.</returns>
    public static Options? Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (!int.TryParse(arguments.ElementAtOrDefault(i + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 600)
            {
                return null;
            }

            switch (arguments[i])
            {
                case "--rounds":
                    options = options with { Rounds = number };
                    break;
                case "--seconds":
                    options = options with { Seconds = number };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
