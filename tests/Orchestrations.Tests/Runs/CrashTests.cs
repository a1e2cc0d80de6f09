using Preempt.Embedded.Testing;

namespace Preempt.Tests.Runs;

/// <summary>The protocol of gates and supervisors against a process that dies.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_supersede_survives_a_crash_at_any_commit(bool isKept)
    {
        int crashes = 0;
        for (int commit = 0; commit < 20; commit++)
        {
            using TestApp app = new();
            string older = app.Start("one-run", new Work(30));
            app.UntilRunning(older);
            string newer = app.Start("one-run", new Work(5));
            app.Host.CrashAfter(commit, isKept);
            Run first = app.End(older);
            Run second = app.End(newer);
            app.Host.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal((RunStatus.Cancelled, StopReason.Superseded, newer), (first.Status, first.Stop!.Reason, first.Stop.SupersededBy));
            Assert.Equal(RunStatus.Succeeded, second.Status);
            Assert.Equal(1, app.Log.MostAtOnce);
            Assert.Empty(app.GetGate("one-run").Holders);
            crashes += app.Host.Crashes;
        }

        Assert.True(crashes > 8, $"Only {crashes} crashes happened.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_forced_end_survives_a_crash_at_any_commit(bool isKept)
    {
        for (int commit = 0; commit < 40; commit++)
        {
            using TestApp app = new();
            string id = app.Start("one-run", new Work(100_000, IgnoreStop: true));
            app.UntilRunning(id);
            app.Cancel(id);
            app.Host.CrashAfter(commit, isKept);
            Run ended = app.End(id);
            Assert.Equal((RunStatus.Cancelled, true), (ended.Status, ended.Stop!.Forced));
            app.Host.CrashAfter(int.MaxValue, isKept);
            string next = app.Start("one-run", new Work(1));
            Assert.Equal(RunStatus.Succeeded, app.End(next).Status);
        }
    }

    /// <summary>
    /// Random starts, cancels, terminations, waits and crashes on two keys, in a random order of everything that could happen next. A failing
    /// seed fails again. PREEMPT_SEEDS says how many.
    /// </summary>
    [Theory]
    [InlineData("one-run", 1)]
    [InlineData("three-runs", 3)]
    [InlineData("newest-refused", 1)]
    [InlineData("queued", 2)]
    [InlineData("in-turn", 1)]
    public void Any_schedule_keeps_the_invariants(string workflow, int maxRuns)
    {
        int seeds = int.TryParse(Environment.GetEnvironmentVariable("PREEMPT_SEEDS"), out int more) ? more : 50;
        for (int seed = 1; seed <= seeds; seed++)
            new Schedule(workflow, maxRuns, seed).Run();
    }

    private sealed class Schedule(string workflow, int maxRuns, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly Dictionary<string, List<string>> _accepted = new() { ["a"] = [], ["b"] = [] };
        private readonly HashSet<string> _cancelled = [];
        private bool _terminated;

        /// <summary>False while the latest start of the key is one that was not answered: it may be there, and newer.</summary>
        private readonly Dictionary<string, bool> _isNewestKnown = [];

        public void Run()
        {
            using TestApp app = new(seed);
            try
            {
                for (int action = 0; action < 25; action++)
                    Act(app);
                string[] all = [.. _accepted.Values.SelectMany(ids => ids)];
                Run[] ended = [.. all.Select(id => app.End(id))];
                app.Host.Advance(TimeSpan.FromMinutes(2));
                Check(app, all, ended);
            }
            catch (Exception exception) when (exception is not HostCrashedException)
            {
                throw new InvalidOperationException($"Seed {seed}: {exception.Message}", exception);
            }
        }

        private void Act(TestApp app)
        {
            string key = _random.Next(2) == 0 ? "a" : "b";
            try
            {
                switch (_random.Next(10))
                {
                    case < 5:
                        _isNewestKnown[key] = false;
                        _accepted[key].Add(app.Start(workflow, new Work(_random.Next(20)), key));
                        _isNewestKnown[key] = true;
                        break;
                    case < 6:
                        if (_accepted[key] is { Count: > 0 } ids)
                            Cancel(app, ids[_random.Next(ids.Count)]);
                        break;
                    case < 7:
                        if (_accepted[key] is { Count: > 0 } victims)
                            Terminate(app, victims[_random.Next(victims.Count)]);
                        break;
                    case < 8:
                        app.Host.CrashAfter(_random.Next(20), _random.Next(2) == 0);
                        break;
                    case < 9:
                        app.Host.Crash();
                        break;
                    default:
                        app.Host.Advance(TimeSpan.FromSeconds(_random.Next(15)));
                        break;
                }
            }
            catch (HostCrashedException)
            {
                // The caller got no answer, and counts on nothing.
            }
        }

        /// <summary>Kills a run past its supervisor: its slot leaks until somebody waits for it.</summary>
        private void Terminate(TestApp app, string id)
        {
            _cancelled.Add(id);
            _terminated = true;
            try
            {
                app.Terminate(id);
            }
            catch (InvalidOperationException)
            {
                // It has ended.
            }
        }

        private void Cancel(TestApp app, string id)
        {
            _cancelled.Add(id);
            try
            {
                app.Cancel(id);
                app.Log.Acknowledged.Add(id);
            }
            catch (RunConflictException)
            {
                // It has ended.
            }
        }

        private void Check(TestApp app, string[] all, Run[] ended)
        {
            Assert.Empty(app.Log.Breaches);
            if (!_terminated)
                Assert.True(app.Log.MostAtOnce <= maxRuns, $"{app.Log.MostAtOnce} steps ran at one time.");
            if (workflow == "queued" && !_terminated)
                Assert.All(ended.Where(run => !_cancelled.Contains(run.Id)), run => Assert.Equal(RunStatus.Succeeded, run.Status));
            Assert.All(all.Zip(ended), pair => Assert.Equal(pair.Second.Status, app.Get(pair.First).Status));
            foreach ((string key, List<string> ids) in _accepted)
            {
                Gate gate = app.GetGate(workflow, key);
                // A slot that leaked stays in the books until somebody needs it; nobody does any more.
                if (!_terminated)
                    Assert.Empty(gate.Holders);
                Assert.All(gate.Waiters, waiter => Assert.True(app.Get(waiter.RunId).Status.IsTerminal()));
                long[] tokens = [.. ids.Select(app.Get).SelectMany(run => run.FencingTokens)];
                Assert.Equal(tokens.Length, tokens.Distinct().Count());
                if (workflow is "one-run" or "three-runs" && ids is [.., var newest] && _isNewestKnown[key] && !_cancelled.Contains(newest))
                    Assert.Equal(RunStatus.Succeeded, app.Get(newest).Status);
            }
        }
    }
}
