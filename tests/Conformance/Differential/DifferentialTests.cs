using System.Globalization;
using System.Text.Json;
using Preempt.Conformance.App;
using Preempt.Conformance.Engines;
using Xunit.Sdk;

namespace Preempt.Conformance.Differential;

/// <summary>Random orchestrations come to the same on every engine.</summary>
/// <remarks>
/// <c>PREEMPT_CONFORMANCE_SCRIPTS</c> says how many to play, and <c>PREEMPT_CONFORMANCE_SEED</c> which one to play alone.
/// </remarks>
public sealed class DifferentialTests(EnginesUnderTest engines)
{
    private const int DefaultScripts = 40;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static TheoryData<int> Seeds => ReadNumber("PREEMPT_CONFORMANCE_SEED") is { } seed
        ? [seed]
        : [.. Enumerable.Range(1, ReadNumber("PREEMPT_CONFORMANCE_SCRIPTS") ?? DefaultScripts)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Script_comes_to_the_same_on_every_engine(int seed)
    {
        Script script = ScriptMaker.Make(seed);
        string id = EngineApi.NewId();

        PlayOutcome[] outcomes = await Task.WhenAll(Enum.GetValues<Engine>().Select(engine => PlayAsync(engine, id, script)));

        Assert.True(
            outcomes.Distinct().Count() == 1,
            $"Seed {seed} differs.\n{string.Join('\n', Enum.GetValues<Engine>().Zip(outcomes))}\n{JsonSerializer.Serialize(script, Indented)}");
    }

    /// <summary>What became of the script. An engine on which it does not come to its end is a difference like others.</summary>
    private async Task<PlayOutcome> PlayAsync(Engine engine, string id, Script script)
    {
        EngineApi api = await engines.GetAsync(engine);
        try
        {
            return await Player.PlayAsync(api, id, script);
        }
        catch (Exception exception) when (exception is IAssertionException)
        {
            return new PlayOutcome(exception.Message, null);
        }
    }

    private static int? ReadNumber(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;
}
