using System.CommandLine;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt start</c>.</summary>
internal static class StartCommand
{
    public static Command Create()
    {
        Argument<string> workflow = CommonOptions.Workflow();
        Option<string?> input = new("--input", "-i") { Description = "The run's input: JSON, @file, or - for the standard input." };
        Option<string?> key = new("--key") { Description = "The concurrency key, instead of the one that the workflow computes." };
        Option<KeyValuePair<string, string>[]> metadata = CommonOptions.Metadata("Metadata to attach to the run; can be repeated.");
        Option<Duration?> timeout = CommonOptions.Duration("--timeout", "A shorter execution timeout than the workflow's.");
        Option<Duration?> scheduleTimeout = CommonOptions.Duration("--schedule-timeout", "How long the run may wait for its gates.");
        Option<int> priority = new("--priority") { Description = "The waiting run with the highest priority goes first: -1000 to 1000." };
        Option<string?> runId = new("--run-id") { Description = "The run's id; by default the app makes one." };
        Option<string?> idempotencyKey = CommonOptions.IdempotencyKey("Starts only one run for this key, also when the command is repeated.");
        Option<Duration?> wait = WaitOption.Create();
        Command command = new("start", "Start a run. Writes its id; with --wait, waits for its end and writes the run.")
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
                call.Screen.Note("A run was started with this key before. This is it.");
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
