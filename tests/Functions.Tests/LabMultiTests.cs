using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Functions.Workflows;
using Preempt.Testing;

namespace Preempt.Functions.Tests;

/// <summary>Many runs of <see cref="LabMulti"/>, which has two rules, on a clock that skips time.</summary>
public sealed class LabMultiTests
{
    private const int Runs = 100;

    [Fact]
    public void Runs_of_random_names_and_digits_keep_both_limits_and_all_succeed()
    {
        for (int seed = 1; seed <= 10; seed++)
            Play(seed);
    }

    private static void Play(int seed)
    {
        Random random = new(seed);
        using DurableTestHost host = Start(seed);
        RunClient client = host.Services.GetRequiredService<RunClients>().With(host.Client);
        (string Name, int Digit, string Id)[] started = [.. Enumerable.Range(0, Runs).Select(_ =>
        {
            (string name, int digit) = ($"name-{random.Next(6)}", random.Next(5));
            object input = new { group = "g", name, digit, steps = new[] { new { seconds = random.Next(10) / 20.0 } } };
            return (name, digit, host.Run(() => client.StartAsync("lab-multi", input)).Id);
        })];
        host.RunUntil(() => started.All(run => HasEnded(host, run.Id)), TimeSpan.FromHours(1));

        Dictionary<string, Run> ended = started.ToDictionary(run => run.Id, run => host.Run(() => client.GetAsync(run.Id)));
        Assert.All(ended.Values, run => Assert.Equal(RunStatus.Succeeded, run.Status));
        foreach (var name in started.GroupBy(run => run.Name))
            Assert.True(MostAtOnce(name.Select(run => ended[run.Id])) <= 2, $"Seed {seed}: more than 2 runs of {name.Key}.");
        foreach (var digit in started.GroupBy(run => run.Digit))
            Assert.True(MostAtOnce(digit.Select(run => ended[run.Id])) <= 4, $"Seed {seed}: more than 4 runs of digit {digit.Key}.");
    }

    private static DurableTestHost Start(int seed)
    {
        DurableTestHostOptions options = new()
        {
            Seed = seed,
            ReplayEveryTurn = false,
            ConfigureServices = services => services.AddPreempt(
                new ConfigurationBuilder().Build(), preempt => preempt.AddWorkflowsFrom(typeof(LabMulti).Assembly).AddLabRules()),
        };
        foreach (Type type in PreemptFunctions.Types)
            options.FunctionTypes.Add(type);
        return new DurableTestHost(options);
    }

    private static bool HasEnded(DurableTestHost host, string id) =>
        host.Client.GetInstanceAsync(id, CancellationToken.None).GetAwaiter().GetResult() is { IsCompleted: true };

    private static int MostAtOnce(IEnumerable<Run> runs)
    {
        int open = 0;
        return runs.SelectMany(run => new[] { (At: run.StartedAt!.Value, Change: 1), (At: run.EndedAt!.Value, Change: -1) })
            .OrderBy(change => change.At).ThenBy(change => change.Change).Select(change => open += change.Change).Max();
    }
}
