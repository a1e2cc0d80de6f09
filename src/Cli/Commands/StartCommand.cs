using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt start</c>.</summary>
internal static class StartCommand
{
    public static Command Create()
    {
        Argument<string> workflow = CommonOptions.Workflow();
        Option<string?> input = new("--input", "-i") { Description = "What the run is given: JSON, @file, or - for the standard input." };
        Option<string?> key = new("--key") { Description = "The concurrency key, instead of the one that the workflow computes." };
        Option<KeyValuePair<string, string>[]> metadata = CommonOptions.Metadata("What to attach to the run; may be repeated.");
        Option<Duration?> timeout = CommonOptions.Duration("--timeout", "A shorter execution timeout than the workflow's.");
        Option<Duration?> scheduleTimeout = CommonOptions.Duration("--schedule-timeout", "How long the run may wait for its gates.");
        Option<int> priority = new("--priority") { Description = "Among runs that wait, the higher, the sooner: -1000 to 1000." };
        Option<string?> runId = new("--run-id") { Description = "The run's id; made by the app by default." };
        Option<string?> idempotencyKey = CommonOptions.IdempotencyKey("A key for which only one run is started, ever.");
        Option<Duration?> wait = WaitOption.Create();
        Command command = new("start", "Start a run. Writes its id, or with --wait the run once it has ended.")
        {
            workflow, input, key, metadata, timeout, scheduleTimeout, priority, runId, idempotencyKey, wait,
        };
        CliCall.Handle(command, async call =>
        {
            StartOptions options = new()
            {
                Key = call.Get(key),
                Metadata = ToDictionary(call.Get(metadata)),
                Timeout = call.Get(timeout),
                ScheduleTimeout = call.Get(scheduleTimeout),
                Priority = call.Get(priority),
                RunId = call.Get(runId),
            };
            // A key of its own lets a start whose answer is lost be tried again.
            string once = call.Get(idempotencyKey) ?? Guid.NewGuid().ToString("N");
            object? given = await JsonInput.ReadAsync(call.Get(input), "--input", call.CancellationToken);
            (Run run, bool isNew) = await call.Client.StartOnceAsync(call.Get(workflow), given, once, options, call.CancellationToken);
            if (!isNew && call.Get(idempotencyKey) is not null)
                call.Screen.Note("This key has started a run before: here it is.");
            return WaitOption.Find(call, wait) is { } limit ? await WaitOption.WaitAsync(call, run, limit) : Show(call.Screen, run);
        });
        return command;
    }

    private static ExitCode Show(Screen screen, Run run)
    {
        if (screen.IsJson)
            Screen.WriteJson(run);
        else
            screen.WriteLine(run.Id);
        return ExitCode.Done;
    }

    private static Dictionary<string, string>? ToDictionary(KeyValuePair<string, string>[]? pairs)
    {
        if (pairs is null or [])
            return null;
        Dictionary<string, string> dictionary = [];
        foreach ((string name, string value) in pairs)
        {
            if (!dictionary.TryAdd(name, value))
                throw new UsageException($"--metadata: \"{name}\" is given twice.");
        }

        return dictionary;
    }
}
