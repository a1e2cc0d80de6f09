namespace Microsoft.DurableTask.Client;

/// <summary>How an instance is ended by force.</summary>
/// <param name="Output">The output that it gets.</param>
/// <param name="Recursive">Whether its sub-orchestrations are ended too.</param>
public record TerminateInstanceOptions(object? Output = null, bool Recursive = false);
