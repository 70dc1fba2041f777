using System.Globalization;

namespace AdminFunctions.ScaleOut;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        Starts several instances of the functions, each in its own process, which share one tenant with the rate limit of a plan. Callers list
        users at a steady rate while others export all users again and again. Exit codes: 0: done; 2: an option is not valid.

          --instances N,N,…  numbers of instances; default 1,10,50
          --seconds N        duration of each measurement, in seconds; default 60
          --exports N        number of callers who export; default 4
        """;

    public IReadOnlyList<int> Instances { get; private init; } = [1, 10, 50];

    public int Seconds { get; private init; } = 60;

    public int Exports { get; private init; } = 4;

    /// <summary>Parses the command line.</summary>
    /// <returns>The options, or <see langword="null"/> if one is not valid.</returns>
    public static Options? Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var name))
        {
            var numbers = (rest.TryDequeue(out var value) ? value : "").Split(',')
                .Select(static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
                .ToList();
            if (numbers.Exists(static number => number is < 1 or > 600))
            {
                return null;
            }

            switch (name)
            {
                case "--instances":
                    options = options with { Instances = numbers };
                    break;
                case "--seconds" when numbers is [var seconds]:
                    options = options with { Seconds = seconds };
                    break;
                case "--exports" when numbers is [var exports]:
                    options = options with { Exports = exports };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
