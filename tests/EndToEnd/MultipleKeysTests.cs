using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class MultipleKeysTests(AppUnderTest app) : EndToEndTests(app)
{
    private const int MaxRunsOfAName = 2;
    private const int MaxRunsOfADigit = 4;

    [Fact]
    public async Task A_hundred_runs_of_random_names_and_digits_keep_both_limits_and_all_succeed()
    {
        (string Name, int Digit, Run Run)[] runs = new (string, int, Run)[100];
        await Parallel.ForAsync(0, runs.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (index, _) =>
        {
            // Keys of this test alone: another may run at the same app.
            string name = $"{Group}-{Random.Shared.Next(6)}";
            int digit = Random.Shared.Next(5);
            LabInput input = new(Group, new LabStep(0.05 + (Random.Shared.NextDouble() / 5))) { Name = name, Digit = digit };
            runs[index] = (name, digit, await Api.StartAsync(Lab.Multi, input));
        });

        Run[] ended = await Api.WaitAllAsync(runs.Select(run => run.Run));

        Assert.All(ended, run => Assert.Equal("Succeeded", run.Status));
        Dictionary<string, Run> byId = ended.ToDictionary(run => run.Id);
        Assert.All(runs.GroupBy(run => run.Name), name => Assert.InRange(MostAtOnce(name, byId), 1, MaxRunsOfAName));
        Assert.All(runs.GroupBy(run => run.Digit), digit => Assert.InRange(MostAtOnce(digit, byId), 1, MaxRunsOfADigit));
        // The limits were met: else nothing was shown.
        Assert.Contains(runs.GroupBy(run => run.Name), name => MostAtOnce(name, byId) == MaxRunsOfAName);
    }

    [Fact]
    public async Task The_gates_of_each_rule_can_be_seen()
    {
        // Of this test alone, and seldom that of another run of it.
        int digit = Random.Shared.Next();
        Run run = await Api.WaitForWorkAsync(await Api.StartAsync(Lab.Multi, new LabInput(Group, new LabStep(Lab.VeryLong)) { Name = Group, Digit = digit }));
        Gate[] gates = [await Api.GateAsync(Lab.Multi, Group), await Api.GateOfRuleAsync($"{Lab.Multi}:0", Group), await Api.GateOfRuleAsync("LAB-Multi:1", $"{digit}")];
        Assert.Equal([MaxRunsOfAName, MaxRunsOfAName, MaxRunsOfADigit], gates.Select(gate => gate.MaxRuns));
        Assert.All(gates, gate => Assert.Equal(run.Id, Assert.Single(gate.Holders).RunId));
        Page<Gate> page = (await Api.ReadAsync($"gates?rule={Lab.Multi}:1&limit=200")).Read<Page<Gate>>(HttpStatusCode.OK);
        Assert.Contains(page.Items, gate => gate.Key == $"{digit}");
    }

    private static int MostAtOnce(IEnumerable<(string Name, int Digit, Run Run)> runs, Dictionary<string, Run> ended) =>
        Timeline.MostAtOnce(Timeline.Runs(runs.Select(run => ended[run.Run.Id])));
}
