using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace Preempt;

/// <summary>What a filter means: which are allowed, and which runs match one.</summary>
internal static class RunFilterRules
{
    private static readonly DateTimeOffset LatestTime = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    extension(RunFilter filter)
    {
        /// <summary>Whether it matches every run.</summary>
        public bool IsEmpty => filter is { Workflow: null, Key: null, Status.Count: 0, Since: null, Until: null, Metadata.Count: 0, ParentId: null, Text: null };

        /// <summary>How the ids of the runs begin, of those whose ids were made here.</summary>
        public string Prefix => (filter.Workflow, filter.Key) switch
        {
            (null, _) => "",
            (var workflow, null) => RunId.Prefix(workflow),
            var (workflow, key) => RunId.Prefix(workflow, key),
        };

        /// <summary>Checks the filter, and writes the workflow's name as it is written in ids.</summary>
        /// <exception cref="InvalidRunException">A condition cannot be met by any run.</exception>
        public RunFilter Check()
        {
            string? workflow = filter.Workflow is { } name ? WorkflowNames.Normalize(name) : null;
            if (workflow is not null && WorkflowNames.Validate(workflow) is { } error)
                throw new InvalidRunException(error);
            if (filter.ParentId is { } parent && RunId.Validate(parent) is { } mistake)
                throw new InvalidRunException($"parentId: {mistake}");
            if (filter.Key is { Length: > KeyTemplate.MaxKeyLength })
                throw new InvalidRunException($"key: {KeyTemplate.MaxKeyLength} characters at most; these are {filter.Key.Length}.");
            foreach (RunStatus status in filter.Status.Except(RunStatusExtensions.All))
            {
                throw new InvalidRunException(
                    $"status {status}: {Words.Or([.. RunStatusExtensions.All.Select(known => known.ToString())])} is expected.");
            }

            if (filter.Text is { Length: 0 or > RunFilter.MaxText })
                throw new InvalidRunException($"text: 1 to {RunFilter.MaxText} characters are allowed; these are {filter.Text.Length}.");
            CheckTime(filter.Since, "since");
            CheckTime(filter.Until, "until");
            if (filter.Since > filter.Until)
                throw new InvalidRunException("since: it is later than until, so no run can match.");
            return filter with { Workflow = workflow, Metadata = RunMetadata.Check(filter.Metadata, RunFilter.MaxMetadata) };
        }

        /// <summary>Whether a run is meant.</summary>
        public bool Matches(Run run) =>
            (filter.Workflow is null || run.Workflow == filter.Workflow)
            && (filter.Key is null || run.Key == filter.Key)
            && (filter.Status.Count == 0 || filter.Status.Contains(run.Status))
            && (filter.Since is null || run.QueuedAt >= filter.Since)
            && (filter.Until is null || run.QueuedAt <= filter.Until)
            && (filter.ParentId is null || run.ParentId == filter.ParentId)
            && filter.Metadata.All(entry => run.Metadata.TryGetValue(entry.Key, out string? value) && value == entry.Value)
            && (filter.Text is null || ((string?[])[run.Id, run.Key, .. run.Metadata.Values]).Any(
                text => text?.Contains(filter.Text, StringComparison.OrdinalIgnoreCase) == true));

        /// <summary>A short text that tells this filter from others.</summary>
        public string Fingerprint()
        {
            byte[] text = JsonSerializer.SerializeToUtf8Bytes(
                filter with { Metadata = filter.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal) });
            return Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, 6));
        }
    }

    private static void CheckTime(DateTimeOffset? time, string name)
    {
        if (time < DateTimeOffset.UnixEpoch || time > LatestTime)
            throw new InvalidRunException($"{name}: a time from 1970 to 2200 is expected.");
    }
}
