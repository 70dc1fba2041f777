using System.Globalization;

namespace AdminFunctions.Compare;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        Compares AdminFunctions with an equivalent Express server and with direct calls to the tenant. Each runs in its own
        process, and they are called alternately. Requires Node.js 20.19 or later. Uses wrk if it is on the PATH, otherwise
        autocannon. Exit codes: 0: all ratios are within their bounds; 1: a ratio is not; 2: an option is not valid; 3: the
        benchmark could not run.

          --rounds N         number of rounds; default 5
          --seconds N        duration of each measurement, in seconds; default 5
          --self-contained   publishes .NET and the functions as one image, unlike the deployed function app
        """;

    public int Rounds { get; private init; } = 5;

    public int Seconds { get; private init; } = 5;

    /// <summary>Whether .NET and the functions are published as one image.</summary>
    public bool SelfContained { get; private init; }

    /// <summary>Parses the command line.</summary>
    /// <returns>The options, or <see langword="null"/> if one is not valid.</returns>
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

            if (!int.TryParse(rest.TryDequeue(out var value) ? value : "", NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 1 or > 600)
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
