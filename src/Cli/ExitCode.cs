namespace Preempt.Cli;

/// <summary>What the tool ends with. Scripts rely on the numbers.</summary>
internal enum ExitCode
{
    /// <summary>What was asked for is done.</summary>
    Done = 0,

    /// <summary>The tool itself failed.</summary>
    Bug = 1,

    /// <summary>The command line, the input or the settings are not valid; or the app says so.</summary>
    Invalid = 2,

    /// <summary>There is no such run, workflow or operation.</summary>
    NotFound = 3,

    /// <summary>The state of the run does not allow this.</summary>
    Conflict = 4,

    /// <summary>The app asks for a key, or for another one.</summary>
    AccessDenied = 5,

    /// <summary>The app cannot be reached, takes no calls now, failed, or is not a Preempt app.</summary>
    Unavailable = 6,

    /// <summary>The run that was waited for ended without success.</summary>
    RunFailed = 7,

    /// <summary>The wait is over, and the run has not ended.</summary>
    StillRunning = 8,

    /// <summary>It could be done with some of several runs, and not with others.</summary>
    Partly = 9,

    /// <summary>Interrupted with Ctrl+C.</summary>
    Interrupted = 130,
}
