using System.Text.Json;
using CsCheck;

namespace Preempt.Tests.Runs;

public sealed class RunRecordTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static StopRequest Stop(StopReason reason, Duration? grace = null, string? message = null) =>
        new() { Reason = reason, RequestedAt = Now, Grace = grace, Message = message };

    [Fact]
    public void However_full_a_record_fits_a_custom_status() => Gen.Select(Gen.Char, Gen.Int[0, 60], Gen.Int[0, 1000]).Sample((filler, steps, length) =>
    {
        // The longest of everything, and characters that JSON escapes.
        string text = new(filler, length);
        RunRecord record = new RunRecord().Start(Now) with { FencingTokens = [.. Enumerable.Repeat(long.MaxValue, 10)] };
        record = record.RequestStop(
            new StopRequest
            {
                Reason = StopReason.Superseded,
                RequestedAt = Now.AddTicks(1),
                Message = text,
                By = text,
                SupersededBy = new string('x', RunId.MaxLength),
                Grace = TimeSpan.FromTicks(123456789123),
            },
            "10s");
        for (int number = 1; number <= steps; number++)
        {
            for (int attempt = 1001 - (number % 13); attempt <= 1000; attempt++)
            {
                record = record.Begin(
                    new StepRecord { Number = number, Name = new string('n', WorkflowNames.MaxLength), Attempt = attempt, Started = 1_900_000_000_000 });
                record = record.Finish(number, new StepOutcome
                {
                    Status = StepStatus.TimedOut,
                    StartedAt = Now,
                    EndedAt = Now,
                    StopReason = StopReason.Superseded,
                    StopHeardAt = Now,
                    Progress = new RunProgress(1.0 / 3, text.Length > StepContext.MaxProgressLength ? text[..StepContext.MaxProgressLength] : text),
                }).Fit();
            }
        }

        string json = JsonSerializer.Serialize(record.Fit());
        Assert.True(json.Length <= RunRecord.MaxLength, $"{json.Length} characters");
    });

    [Fact]
    public void The_latest_twenty_steps_of_ordinary_names_are_kept()
    {
        RunRecord record = new RunRecord().Start(Now);
        for (int number = 1; number <= 50; number++)
            record = record.Begin(new StepRecord { Number = number, Name = "think", Started = 1_900_000_000_000 }).Fit();
        Assert.Equal(Enumerable.Range(31, 20), record.Steps.Select(step => step.Number));
    }

    [Fact]
    public void A_step_keeps_its_latest_attempts_and_where_room_is_short_those_of_older_steps_go_first()
    {
        RunRecord record = new RunRecord().Start(Now);
        record = TryAgain(record, number: 1, attempts: 15);
        Assert.Equal(AttemptRecord.MaxKept, record.Steps[0].EarlierAttempts.Length);
        Assert.Equal(Enumerable.Range(5, 10), record.Steps[0].EarlierAttempts.Select(attempt => (int)attempt.Started));

        for (int number = 2; number <= 20; number++)
            record = TryAgain(record, number, attempts: 11);
        // Twenty steps fit; the attempts of the first ones had to go, those of the latest are there.
        Assert.Equal(20, record.Steps.Length);
        bool[] kept = [.. record.Steps.Select(step => !step.EarlierAttempts.IsDefault)];
        Assert.Equal(kept.Order(), kept);
        Assert.Equal((false, true, 10), (kept[0], kept[^1], record.Steps[^1].EarlierAttempts.Length));
    }

    private static RunRecord TryAgain(RunRecord record, int number, int attempts)
    {
        for (int attempt = 1; attempt <= attempts; attempt++)
        {
            record = record.Begin(new StepRecord { Number = number, Name = "think", Attempt = attempt });
            record = record.Finish(number, new StepOutcome
            {
                Status = StepStatus.Failed,
                StartedAt = DateTimeOffset.FromUnixTimeMilliseconds(attempt),
                EndedAt = DateTimeOffset.FromUnixTimeMilliseconds(attempt + 1),
            }).Fit();
        }

        return record;
    }

    [Fact]
    public void A_step_that_waited_at_its_gates_has_no_earlier_attempt()
    {
        RunRecord record = new RunRecord().Start(Now)
            .Begin(new StepRecord { Number = 1, Name = "think", Status = StepStatus.Queued })
            .Begin(new StepRecord { Number = 1, Name = "think", Status = StepStatus.Running });
        Assert.True(Assert.Single(record.Steps).EarlierAttempts.IsDefault);
    }

    [Fact]
    public void The_first_reason_stands_and_the_grace_only_shrinks() =>
        Gen.Select(Gen.Int[0, 100], Gen.Int[0, 4]).Array[1, 10].Sample(requests =>
        {
            RunRecord record = new RunRecord().Start(Now);
            foreach ((int seconds, int reason) in requests)
                record = record.RequestStop(Stop((StopReason)reason, Duration.FromSeconds(seconds)), "50s");
            Assert.Equal((StopReason)requests[0].Item2, record.Stop!.Reason);
            Assert.Equal(Duration.FromSeconds(requests.Min(request => request.Item1)), record.Stop.Grace);
        });

    [Fact]
    public void A_request_without_a_grace_has_the_workflows_own()
    {
        RunRecord record = new RunRecord().Start(Now).RequestStop(Stop(StopReason.Requested), "50s");
        Assert.Equal((Duration)"50s", record.Stop!.Grace);
        Assert.Equal((Duration)"50s", record.RequestStop(Stop(StopReason.Timeout, "2h"), "50s").Stop!.Grace);
    }

    [Fact]
    public void A_terminal_status_never_changes()
    {
        RunRecord ended = new RunRecord().Start(Now).End(RunStatus.Failed, Now);
        Assert.Same(ended, ended.End(RunStatus.Succeeded, Now));
        Assert.Same(ended, ended.RequestStop(Stop(StopReason.Requested), "1s"));
    }

    [Fact]
    public void Only_a_run_whose_code_runs_is_stopping()
    {
        RunRecord queued = new RunRecord().RequestStop(Stop(StopReason.Requested), "1s");
        Assert.Equal(RunStatus.Queued, queued.Status);
        Assert.Equal(RunStatus.Stopping, new RunRecord().Start(Now).RequestStop(Stop(StopReason.Requested), "1s").Status);
    }

    [Fact]
    public void A_record_is_the_same_after_a_round_trip_through_the_engine()
    {
        RunRecord record = new RunRecord().Start(Now).Admit(7).RequestStop(Stop(StopReason.Superseded, "never", "why"), "1s")
            .Begin(new StepRecord { Number = 1, Name = "think", Started = 5 });
        RunRecord read = JsonSerializer.Deserialize<RunRecord>(JsonSerializer.Serialize(record))!;
        Assert.Equal(record with { Steps = [], FencingTokens = [] }, read with { Steps = [], FencingTokens = [] });
        Assert.Equal<IEnumerable<StepRecord>>(record.Steps, read.Steps);
        Assert.Equal<IEnumerable<long>>(record.FencingTokens, read.FencingTokens);
    }
}
