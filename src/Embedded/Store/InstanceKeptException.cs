namespace Preempt.Embedded.Store;

/// <summary>Why a commit was refused: it would have replaced an ended instance that is to be kept.</summary>
internal sealed class InstanceKeptException(string instanceId, string status)
    : InvalidOperationException(
        $"An orchestration with the id '{instanceId}' exists and is {status}, a status that was not to be replaced.");
