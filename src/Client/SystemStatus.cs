namespace Preempt.Client;

/// <summary>How an app is.</summary>
/// <param name="Status"><c>Healthy</c> when it answers.</param>
public sealed record Health(string Status);
