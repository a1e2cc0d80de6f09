using System.Globalization;

namespace Preempt.Load;

/// <summary>What the command line asks for.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        usage: dotnet run -c Release --project bench/Load -- [OPTIONS]
          --store memory|sqlite   where state lives; both, one after the other, unless given
          --only NAME             one measurement: orchestrations, gated, alone, entity, stop, bulk or ended; may be given again
          --runs N                runs in a round (10000)
          --rounds N              rounds, of which the median is reported (5)
          --warmup SECONDS        load before the first round (8)
          --stops N               stops whose latency is measured (500)
          --ended N               ended runs in the store (100000)
          --json                  prints one JSON document instead of lines
        """;

    public static readonly string[] AllStores = ["memory", "sqlite"];
    public static readonly string[] AllScenarios = ["orchestrations", "gated", "alone", "entity", "stop", "bulk", "ended"];

    public string[] Stores { get; init; } = AllStores;

    public string[] Scenarios { get; init; } = AllScenarios;

    public int Runs { get; init; } = 10_000;

    public int Rounds { get; init; } = 5;

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(8);

    public int Stops { get; init; } = 500;

    public int Ended { get; init; } = 100_000;

    public bool IsJson { get; init; }

    /// <exception cref="FormatException">An option is unknown, or its value is not allowed.</exception>
    public static LoadOptions Parse(string[] args)
    {
        LoadOptions options = new();
        Queue<string> rest = new(args);
        while (rest.TryDequeue(out string? option))
        {
            options = option switch
            {
                "--store" => options with { Stores = [Word(option, rest, AllStores)] },
                "--only" when options.Scenarios == AllScenarios => options with { Scenarios = [Word(option, rest, AllScenarios)] },
                "--only" => options with { Scenarios = [.. options.Scenarios, Word(option, rest, AllScenarios)] },
                "--runs" => options with { Runs = Number(option, rest) },
                "--rounds" => options with { Rounds = Number(option, rest) },
                "--warmup" => options with { WarmUp = TimeSpan.FromSeconds(Number(option, rest)) },
                "--stops" => options with { Stops = Number(option, rest) },
                "--ended" => options with { Ended = Number(option, rest) },
                "--json" => options with { IsJson = true },
                _ => throw new FormatException($"{option}: there is no such option."),
            };
        }

        return options;
    }

    /// <summary>The command line of one measurement with these numbers.</summary>
    public string[] Measure(string store, string scenario) =>
    [
        "--store", store, "--only", scenario, "--runs", Text(Runs), "--rounds", Text(Rounds), "--warmup", Text((int)WarmUp.TotalSeconds),
        "--stops", Text(Stops), "--ended", Text(Ended),
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Word(string option, Queue<string> rest, string[] allowed) =>
        rest.TryDequeue(out string? word) && allowed.Contains(word)
            ? word
            : throw new FormatException($"{option} \"{word}\": one of {string.Join(", ", allowed)} is expected.");

    private static int Number(string option, Queue<string> rest) =>
        rest.TryDequeue(out string? text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 10_000_000
            ? number
            : throw new FormatException($"{option} \"{text}\": a whole number from 1 to 10000000 is expected.");
}
