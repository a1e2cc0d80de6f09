using Microsoft.DurableTask.Entities;

namespace Preempt.Tests.Runs;

/// <summary>Whole runs on a host that does things twice, as Azure Storage can: turns, entities' batches, clients' signals and starts.</summary>
public sealed class RepetitionTests
{
    private const int Seeds = 30;

    [Fact]
    public void A_turn_that_happens_twice_calls_each_child_once()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            using TestApp app = new(seed, options => options.TurnsHappenTwice = 0.3);
            List<string> children = [];
            Script child = Code(run =>
            {
                lock (children)
                    children.Add(run.RunId);
                return run.CallStepAsync<Worker, string>(new Work(60));
            });
            string parent = app.Start("ungated", async run => string.Concat(await Task.WhenAll(
                run.CallWorkflowAsync<OneRun, string>(child), run.CallWorkflowAsync<OneRun, string>(child with { Key = "other" }))));

            Assert.Equal(RunStatus.Succeeded, app.End(parent).Status);
            Assert.Equal(2, children.Distinct().Count());
        }
    }

    [Fact]
    public void Children_of_one_turn_stand_in_line_in_the_order_of_their_calls()
    {
        const int Children = 12;
        using TestApp app = new(seed: 7);
        List<int> order = [];
        Script Child(int number) => Code(async run =>
        {
            string done = await run.CallStepAsync<Worker, string>(new Work(1));
            lock (order)
            {
                if (!order.Contains(number))
                    order.Add(number);
            }

            return done;
        });
        Script[] children = [.. Enumerable.Range(0, Children).Select(Child)];
        string first = app.Start("one-in-order", new Work(30));
        app.UntilRunning(first);
        string parent = app.Start("ungated", async run => string.Concat(
            await Task.WhenAll(children.Select(child => run.CallWorkflowAsync<OneInOrder, string>(child)))));

        Assert.Equal(RunStatus.Succeeded, app.End(parent).Status);
        Assert.Equal(Enumerable.Range(0, Children), order);
    }

    [Fact]
    public void Steps_of_one_turn_stand_in_line_in_the_order_of_their_calls()
    {
        const int Steps = 12;
        using TestApp app = new(seed: 7);
        List<int> order = [];
        string run = app.Start("one-step-in-order", async context =>
        {
            await Task.WhenAll(Enumerable.Range(0, Steps).Select(async number =>
            {
                await context.CallStepAsync<Worker, string>(new Work(1));
                lock (order)
                {
                    if (!order.Contains(number))
                        order.Add(number);
                }
            }));
            return "done";
        });

        Assert.Equal(RunStatus.Succeeded, app.End(run).Status);
        Assert.Equal(Enumerable.Range(0, Steps), order);
    }

    [Fact]
    public void A_step_that_ends_by_itself_while_its_host_shuts_down_stops_nothing()
    {
        using TestApp app = new();
        string id = app.Start("ungated", async run =>
        {
            await run.CallStepAsync<Worker, string>(new Work(3, IgnoreStop: true));
            return await run.CallStepAsync<Worker, string>(new Work(1));
        });
        app.UntilRunning(id);

        app.Host.Restart();

        Run ended = app.End(id, TimeSpan.FromSeconds(20));
        Assert.Equal((RunStatus.Succeeded, null), (ended.Status, ended.Stop));
        Assert.All(ended.Steps, step => Assert.Equal((StepStatus.Succeeded, null), (step.Status, step.StopReason)));
    }

    /// <summary>Clean-up of some seconds ends before the process does; what takes longer is told, and runs again.</summary>
    [Theory]
    [InlineData(5, 1)]
    [InlineData(60, 2)]
    public void Shielded_clean_up_goes_on_for_a_while_when_its_host_shuts_down(int seconds, int begun)
    {
        using TestApp app = new();
        string id = app.Start("ungated", run => run.CallStepAsync<Worker, string>(new Work(seconds), CancellationToken.None));
        app.UntilRunning(id);
        DateTimeOffset asked = app.Host.Now;

        app.Host.Restart();

        Assert.InRange(app.Host.Now - asked, TimeSpan.FromSeconds(Math.Min(seconds, 7)), TimeSpan.FromSeconds(8));
        Run ended = app.End(id);
        Assert.Equal((RunStatus.Succeeded, begun), (ended.Status, app.Log.Started.Count));
    }

    /// <summary>The first gate has lost the run that holds the second, and lets in another, which waits at the second: neither may wait for the other for ever.</summary>
    [Fact]
    public void A_run_that_enters_again_leaves_its_later_gates_first()
    {
        using TestApp app = new();
        ScriptedWorkflow.Codes["twice"] = async run =>
        {
            await run.DelayAsync("10s");
            return await run.CallStepAsync<Worker, string>(new Work(1));
        };
        Script script = new("k", "twice");
        string first = app.Start("in-two-lines", script);
        app.Until(first, run => run.Status == RunStatus.Running);
        RunRequest request = RunReader.ReadRequest(app.Host.Run(() => app.Host.Client.GetInstanceAsync(first, getInputsAndOutputs: true))!)!;
        app.Host.Run(async () =>
        {
            await app.Host.Client.Entities.SignalEntityAsync(
                new EntityInstanceId(PreemptFunctions.Gate, request.Gates[0].Gate),
                nameof(ConcurrencyGate.Release),
                new LeaveRequest([request.HolderOf(first)], By: "nobody", Returns: true));
            return true;
        });

        string second = app.Start("in-two-lines", script);

        Assert.Equal((RunStatus.Succeeded, RunStatus.Succeeded), (app.End(second).Status, app.End(first).Status));
        Assert.True(app.Get(second).EndedAt < app.Get(first).EndedAt);
    }

    [Fact]
    public void Starts_with_one_idempotency_key_that_are_all_told_they_have_started_make_one_run()
    {
        using TestApp app = new(seed: 3, options => options.StartsCollide = 1);
        (Run Run, bool IsNew)[] answers = app.Host.Run(() => Task.WhenAll(Enumerable.Range(0, 20).Select(
            _ => app.Runs.StartOnceAsync("ungated", new Script("k", "code"), "the key"))));

        Assert.Single(answers.Select(answer => answer.Run.Id).Distinct());
        Assert.Single(answers, answer => answer.IsNew);
    }

    [Fact]
    public void Starts_of_one_run_id_that_are_all_told_they_have_started_are_accepted_once()
    {
        using TestApp app = new(seed: 3, options => options.StartsCollide = 1);
        bool[] accepted = app.Host.Run(() => Task.WhenAll(Enumerable.Range(0, 20).Select(async number =>
        {
            try
            {
                await app.Runs.StartAsync("ungated", new Script("k", $"code {number}"), new StartOptions { RunId = "chosen" });
                return true;
            }
            catch (RunConflictException)
            {
                return false;
            }
        })));

        Assert.Single(accepted, isAccepted => isAccepted);
    }

    [Fact]
    public void A_drain_and_a_resume_that_arrive_twice_are_done_once()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            using TestApp app = new(seed, options => options.SignalsArriveTwice = 1);
            Assert.Equal(AppMode.Draining, app.Host.Run(() => app.Runs.DrainAsync()).Mode);
            Assert.Equal(AppMode.Running, app.Host.Run(() => app.Runs.ResumeAsync()).Mode);

            app.Host.Advance(TimeSpan.FromMinutes(1));

            Assert.Equal(AppMode.Running, app.Host.Run(() => app.Runs.GetStatusAsync()).Mode);
        }
    }

    [Fact]
    public void A_key_is_not_shut_for_longer_than_a_clock_was_ahead()
    {
        TimeSpan most = TimeSpan.FromMinutes(10);
        for (int seed = 1; seed <= Seeds; seed++)
        {
            using TestApp app = new(seed, options => options.ClocksDiffer = most);
            for (int run = 0; run < 50; run++)
                app.End(app.Start("one-run", new Work(0)));

            app.Host.Advance(2 * most);

            Assert.Equal(RunStatus.Succeeded, app.End(app.Start("one-run", new Work(0))).Status);
        }
    }

    private static Script Code(Func<RunContext, Task<string>> code)
    {
        string name = Guid.NewGuid().ToString("N");
        ScriptedWorkflow.Codes[name] = code;
        return new Script("k", name);
    }
}
