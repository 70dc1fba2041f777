using System.Globalization;

namespace AdminFunctions.Compare;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        Compares AdminFunctions with an Express server that does the same and with the tenant called directly, each in a
        process of its own, by turns. It needs Node.js 20.19 or later, and uses wrk if it is on the PATH, else autocannon.
        Exit code 0: all ratios kept; 1: one is not; 2: no such option; 3: something did not run.

          --rounds N         how often, default 5
          --seconds N        how long each is called by so many callers in a round, default 5
          --self-contained   the functions with .NET in one image with them, not as they are deployed
        """;

    public int Rounds { get; private init; } = 5;

    public int Seconds { get; private init; } = 5;

    /// <summary>Whether the functions bring .NET itself, in one image with them.</summary>
    public bool SelfContained { get; private init; }

    /// <summary>Reads it.</summary>
    /// <returns>The options, or <see langword="null"/> if there is one that makes no sense.</returns>
    public static Options? Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var name))
        {
            if (name is "--self-contained")
            {
                options = options with { SelfContained = true };
                continue;
            }

            if (!int.TryParse(rest.TryDequeue(out var value) ? value : "", NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 600)
            {
                return null;
            }

            switch (name)
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
