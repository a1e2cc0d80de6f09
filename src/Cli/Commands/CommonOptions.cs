using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Preempt.Cli.Commands;

/// <summary>What several commands take.</summary>
internal static class CommonOptions
{
    public static Option<string?> BaseUrl { get; } = new("--base-url")
    {
        Description = "The app's address, such as https://app.example.com.",
        HelpName = "url",
        Recursive = true,
    };

    public static Option<string?> ApiKey { get; } = new("--api-key")
    {
        Description = "The app's key. Other users of this machine can see it here; PREEMPT_API_KEY and the settings file are private.",
        HelpName = "key",
        Recursive = true,
    };

    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Write results as JSON, and errors as JSON on the standard error.",
        Recursive = true,
    };

    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do not ask." };

    public static Argument<string> Workflow() => new("workflow")
    {
        Description = "The workflow's name.",
        HelpName = "workflow",
        CompletionSources = { WorkflowNames.Complete },
    };

    public static Option<string?> WorkflowOption() => new("--workflow", "-w")
    {
        Description = "Runs of this workflow.",
        HelpName = "name",
        CompletionSources = { WorkflowNames.Complete },
    };

    public static Option<string?> IdempotencyKey(string description) => new("--idempotency-key") { Description = description };

    public static Argument<string> RunId() => new("run") { Description = "The run's id." };

    /// <summary>The ids of several runs. An option that is mistyped is no id of a run.</summary>
    public static Argument<string[]> RunIds(string description)
    {
        Argument<string[]> ids = new("run") { Description = description, Arity = ArgumentArity.ZeroOrMore };
        ids.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(token => token.Value.StartsWith('-')))
                result.AddError($"There is no option '{token.Value}' here.");
        });
        return ids;
    }

    /// <summary>A length of time, such as 1h30m.</summary>
    public static Option<Duration?> Duration(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "duration",
        CustomParser = ParseDuration,
    };

    public static Duration? ParseDuration(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Preempt.Duration.TryParse(text, out Duration duration, out string? error))
            return duration;
        result.AddError(error);
        return null;
    }

    /// <summary>A time, or how long ago it was.</summary>
    public static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "time",
        CustomParser = ParseTime,
    };

    /// <summary>Several <c>name=value</c>.</summary>
    public static Option<KeyValuePair<string, string>[]> Metadata(string description) => new("--metadata", "-m")
    {
        Description = description,
        HelpName = "name=value",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ParsePairs,
    };

    public static TimeSpan ToTimeSpan(Duration duration) => duration.IsNever ? Timeout.InfiniteTimeSpan : duration.Value;

    private static DateTimeOffset? ParseTime(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Preempt.Duration.TryParse(text, out Duration ago, out _) && !ago.IsNever)
            return TimeProvider.System.GetUtcNow() - ago.Value;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time;
        result.AddError($"time \"{text}\": expected a time such as 2026-11-25T08:00:00Z, or how long ago, such as 15m.");
        return null;
    }

    private static KeyValuePair<string, string>[] ParsePairs(ArgumentResult result)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (Token token in result.Tokens)
        {
            if (token.Value.Split('=', 2) is [{ Length: > 0 } name, var value])
                pairs.Add(new(name, value));
            else
                result.AddError($"\"{token.Value}\": name=value is expected.");
        }

        return [.. pairs];
    }
}
