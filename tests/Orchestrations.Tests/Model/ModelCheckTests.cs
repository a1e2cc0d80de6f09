using System.Globalization;
using System.Text.RegularExpressions;

namespace Preempt.Tests.Model;

/// <summary>
/// The protocol of gates and supervisors against thousands of random schedules. A failing seed fails again, alone:
/// PREEMPT_SEED=n plays just that one and prints all that happened; PREEMPT_SEEDS says how many are played.
/// </summary>
public sealed partial class ModelCheckTests
{
    private const int DefaultSeeds = 2_000;

    [Fact]
    public void Any_schedule_keeps_the_invariants()
    {
        if (Setting("PREEMPT_SEED") is { } one)
        {
            Assert.Null(Play(one));
            return;
        }

        int seeds = Setting("PREEMPT_SEEDS") ?? DefaultSeeds;
        int first = Setting("PREEMPT_FIRST_SEED") ?? 1;
        string? failure = null;
        Parallel.For(first, first + seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (seed, loop) =>
        {
            if (Play(seed) is not { } breach)
                return;
            Interlocked.CompareExchange(ref failure, breach, null);
            loop.Stop();
        });
        Assert.True(failure is null, failure);
    }

    [Fact]
    public void A_seed_plays_the_same_schedule_again()
    {
        for (int seed = 1; seed <= ModelSchedule.Workflows.Length; seed++)
            Assert.Equal(TraceOf(seed), TraceOf(seed));
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;

    /// <summary>What happens in the schedule of that seed. Each start, and each drain, has an id that is like no other, in whichever process.</summary>
    private static string TraceOf(int seed)
    {
        using ModelSchedule schedule = new(seed);
        schedule.Play();
        return RandomId().Replace(schedule.Trace, "id");
    }

    /// <summary>What is wrong with the schedule of that seed, with all that is needed to see why; null if nothing is.</summary>
    private static string? Play(int seed)
    {
        using ModelSchedule schedule = new(seed);
        try
        {
            schedule.Play();
        }
        catch (ModelBrokenException)
        {
            // What is broken has been noted.
        }
#pragma warning disable CA1031 // Whatever the schedule throws is a failure of its seed.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Report(seed, schedule, [exception.ToString(), .. schedule.Breaches]);
        }

        return schedule.Breaches.Any() ? Report(seed, schedule, schedule.Breaches) : null;
    }

    private static string Report(int seed, ModelSchedule schedule, IEnumerable<string> breaches) => $"""
        Seed {seed} breaks an invariant; PREEMPT_SEED={seed} plays it again, alone.
        {string.Join("\n", breaches.Take(10))}

        {schedule.Trace}
        """;

    [GeneratedRegex(@"(StartId|Id|Requests)\W+([0-9a-f]{32}\W*)+")]
    private static partial Regex RandomId();
}
