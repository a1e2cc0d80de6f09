using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary><c>preempt limits</c> and <c>preempt limit</c>.</summary>
internal static class LimitCommand
{
    public static Command CreateList()
    {
        Argument<string?> rule = new("rule")
        {
            Description = "Only this rule, with the record of its changes.",
            HelpName = "rule",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Command command = new("limits", "List the app's rules, and the limits that were changed at run time.") { rule };
        CliCall.Handle(command, async call =>
        {
            ImmutableArray<RuleLimits> rules = await call.Client.ListLimitsAsync(call.Find(rule), call.CancellationToken);
            if (call.Screen.IsJson)
                Screen.WriteJson(rules);
            else if (call.Find(rule) is not null)
                WriteChanges(call.Screen, rules[0]);
            else
                WriteRules(call.Screen, rules);
            return ExitCode.Done;
        });
        return command;
    }

    public static Command Create()
    {
        Argument<string> rule = new("rule") { Description = "The rule, such as chat-reply:0, or the name of one that workflows share.", HelpName = "rule" };
        Option<string?> key = new("--key") { Description = "Only for this concurrency key." };
        Option<int?> maxRuns = new("--max-runs") { Description = "How many runs of one key may run at one time; of a throttle its burst." };
        Option<int?> maxQueued = new("--max-queued") { Description = "How many runs of one key may wait." };
        Option<int?> maxTotal = new("--max-total") { Description = "How many runs of all keys may run at one time, where keys take turns." };
        Option<int?> starts = new("--starts") { Description = "Of a throttle: how many runs of one key may start in the time of --per." };
        Option<Duration?> per = CommonOptions.Duration("--per", "The time of --starts, such as 1m.");
        Option<int?> weight = new("--weight") { Description = "How many turns the key has where others have one." };
        Option<bool> pause = new("--pause") { Description = "Let no run start until this is taken back." };
        Option<Duration?> until = CommonOptions.Duration("--for", "For how long it holds, such as 2h; without it until it is taken back.");
        Option<string?> reason = new("--reason") { Description = "Why, in words." };
        Option<bool> reset = new("--reset") { Description = "Take the limit back: what the app's code says holds again." };
        Command command = new("limit", "Change the limit of a rule, or of one key of it, at run time. Needs the admin key.")
        {
            rule, key, maxRuns, maxQueued, maxTotal, starts, per, weight, pause, until, reason, reset,
        };
        CliCall.Handle(command, async call =>
        {
            if (call.Get(reset))
            {
                RuleLimits left = await call.Client.ResetLimitAsync(call.Get(rule), call.Get(key), call.Get(reason), Environment.UserName, call.CancellationToken);
                if (call.Screen.IsJson)
                    Screen.WriteJson(left);
                else
                    WriteRules(call.Screen, [left]);
                return ExitCode.Done;
            }

            StartRate? rate = (call.Get(starts), call.Get(per)) switch
            {
                ({ } count, { } time) => new StartRate(count, time),
                (null, null) => null,
                _ => throw new UsageException("--starts and --per go together."),
            };
            Limit limit = await call.Client.SetLimitAsync(
                new LimitRequest
                {
                    Rule = call.Get(rule),
                    Key = call.Get(key),
                    MaxRuns = call.Get(maxRuns),
                    MaxQueued = call.Get(maxQueued),
                    MaxTotal = call.Get(maxTotal),
                    Rate = rate,
                    Weight = call.Get(weight),
                    Pause = call.Get(pause),
                    Until = call.Get(until) is { IsNever: false } length ? DateTimeOffset.UtcNow + length.Value : null,
                    Reason = call.Get(reason),
                    By = Environment.UserName,
                },
                call.CancellationToken);
            if (call.Screen.IsJson)
                Screen.WriteJson(limit);
            else
                call.Screen.WriteLine($"{limit.Rule}{(limit.Key is { } of ? $", key {of}" : "")}: {InWords(limit)}{End(limit)}");
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteRules(Screen screen, ImmutableArray<RuleLimits> rules)
    {
        Columns columns = new(screen, "rule", "in the code", "key", "limit", "by", "since");
        foreach (RuleLimits rule in rules)
        {
            string code = WorkflowsCommand.LimitInWords(rule.Code);
            if (rule.Limits.IsEmpty)
                columns.Add(rule.Rule, code, "", "", "", "");
            foreach (Limit limit in rule.Limits)
                columns.Add(rule.Rule, code, limit.Key ?? "(all)", InWords(limit) + End(limit), limit.By ?? "", Times.Of(limit.At));
        }

        columns.Write();
    }

    private static void WriteChanges(Screen screen, RuleLimits rule)
    {
        WriteRules(screen, [rule]);
        if (rule.Changes.IsEmpty)
            return;
        Columns columns = new(screen, "change", "at", "key", "limit", "by", "reason");
        foreach (LimitChange change in rule.Changes)
        {
            columns.Add(
                change.Number.ToString(CultureInfo.InvariantCulture),
                Times.Of(change.At),
                change.Limit.Key ?? "(all)",
                change.IsReset ? "taken back" : InWords(change.Limit),
                change.By ?? "",
                change.Reason ?? "");
        }

        columns.Write();
    }

    private static string InWords(Limit limit) => string.Join(", ", new[]
    {
        limit.Pause ? "paused" : null,
        limit.MaxRuns is { } runs ? $"{runs} at one time" : null,
        limit.MaxTotal is { } total ? $"{total} in all" : null,
        limit.Rate?.ToString(),
        limit.MaxQueued is { } queued ? $"{queued} may wait" : null,
        limit.Weight is { } weight ? $"weight {weight}" : null,
    }.OfType<string>());

    private static string End(Limit limit) => limit.Until is { } until ? $", until {Times.Of(until)}" : "";
}
