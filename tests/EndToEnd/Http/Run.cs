using System.Text.Json;

namespace Preempt.EndToEnd.Http;

/// <summary>A run as the API shows it.</summary>
internal sealed record Run(
    string Id,
    string Workflow,
    string Version,
    string Status,
    DateTimeOffset QueuedAt,
    IReadOnlyList<RunStep> Steps,
    IReadOnlyList<long> FencingTokens,
    IReadOnlyDictionary<string, string> Metadata,
    int Attempt,
    string? Key = null,
    string? ParentId = null,
    JsonElement? Input = null,
    JsonElement? Output = null,
    RunError? Error = null,
    RunStop? Stop = null,
    RunProgress? Progress = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? EndedAt = null)
{
    public bool HasEnded => Status is "Succeeded" or "Failed" or "TimedOut" or "Cancelled" or "Rejected";

    public bool IsAtWork => Status == "Running" && Steps.Any(step => step.Status == "Running");
}

internal sealed record RunStep(
    string Name, string Status, int Attempt, DateTimeOffset StartedAt, DateTimeOffset? EndedAt = null, string? StopReason = null)
{
    public DateTimeOffset? StopHeardAt { get; init; }

    public IReadOnlyList<StepAttempt> EarlierAttempts { get; init; } = [];
}

internal sealed record StepAttempt(int Attempt, string Status, DateTimeOffset StartedAt, DateTimeOffset EndedAt);

internal sealed record RunStop(
    string Reason,
    DateTimeOffset RequestedAt,
    string? Grace,
    bool Forced,
    string? Message = null,
    string? By = null,
    string? SupersededBy = null,
    DateTimeOffset? RetryAt = null);

internal sealed record RunError(string Message);

internal sealed record RunProgress(double Fraction, string? Message = null);
