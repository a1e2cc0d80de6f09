using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Preempt.Cli.Output;

namespace Preempt.Cli.Commands;

/// <summary>The options that say which runs are meant.</summary>
internal sealed class FilterOptions
{
    private readonly Option<string?> _workflow = CommonOptions.WorkflowOption();
    private readonly Option<string?> _key = new("--key") { Description = "Runs of this concurrency key." };
    private readonly Option<RunStatus[]> _status = new("--status", "-s")
    {
        Description = "Runs with one of these statuses; can be repeated, or separated by commas.",
        HelpName = "status",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<DateTimeOffset?> _since =
        CommonOptions.Time("--since", "Runs accepted since this time, such as 2026-11-25T08:00:00Z, or since this long ago, such as 15m.");

    private readonly Option<DateTimeOffset?> _until = CommonOptions.Time("--until", "Runs accepted until this time.");
    private readonly Option<KeyValuePair<string, string>[]> _metadata = CommonOptions.Metadata("Runs with this metadata entry; can be repeated.");
    private readonly Option<string?> _parent = new("--parent") { Description = "Runs that this run started.", HelpName = "run" };
    private readonly Option<string?> _text = new("--text", "-t") { Description = "Runs whose id, key or metadata contains this, in any case." };

    public FilterOptions()
    {
        _status.CustomParser = ParseStatuses;
        _status.CompletionSources.Add(_ => Statuses.Select(name => new CompletionItem(name)));
    }

    private static string[] Statuses { get; } = [.. RunStatusExtensions.All.Select(status => status.ToString())];

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _workflow, _key, _status, _since, _until, _metadata, _parent, _text })
            command.Add(option);
    }

    /// <summary>The filter; null when none of the options was given.</summary>
    public RunFilter? Find(CliCall call)
    {
        RunFilter filter = new()
        {
            Workflow = call.Get(_workflow),
            Key = call.Get(_key),
            Status = [.. call.Get(_status) ?? []],
            Since = call.Get(_since),
            Until = call.Get(_until),
            Metadata = (call.Get(_metadata) ?? []).ToImmutableDictionary(),
            ParentId = call.Get(_parent),
            Text = call.Get(_text),
        };
        return filter is { Workflow: null, Key: null, Status: [], Since: null, Until: null, Metadata.Count: 0, ParentId: null, Text: null } ? null : filter;
    }

    private static RunStatus[] ParseStatuses(ArgumentResult result)
    {
        List<RunStatus> statuses = [];
        foreach (string name in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (Array.FindIndex(Statuses, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index)
                statuses.Add(RunStatusExtensions.All[index]);
            else
                result.AddError($"status \"{name}\": {string.Join(", ", Statuses)} are the statuses. {Suggestion.For(name, Statuses)}".TrimEnd());
        }

        return [.. statuses];
    }
}
