namespace Preempt.Embedded.Hosting.Triggers;

/// <summary>Starts one function whenever its trigger says so.</summary>
internal interface ITriggerLoop
{
    /// <summary>Runs until the host stops and what was started has ended. Failures of the function are its own affair.</summary>
    /// <param name="stopping">Fires when the host is told to stop: nothing more is started.</param>
    /// <param name="deadline">Fires when the host's time to stop is over.</param>
    Task RunAsync(CancellationToken stopping, CancellationToken deadline);
}
