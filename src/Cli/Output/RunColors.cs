using Spectre.Console;

namespace Preempt.Cli.Output;

/// <summary>How the states of runs and steps are coloured.</summary>
internal static class RunColors
{
    public static Color? Of(RunStatus status) => status switch
    {
        RunStatus.Running => Color.Blue,
        RunStatus.Succeeded => Color.Green,
        RunStatus.Failed or RunStatus.TimedOut or RunStatus.Rejected => Color.Red,
        RunStatus.Stopping or RunStatus.Cancelled => Color.Yellow,
        _ => null,
    };

    public static Color? Of(StepStatus status) => status switch
    {
        StepStatus.Running => Color.Blue,
        StepStatus.Succeeded => Color.Green,
        StepStatus.Failed or StepStatus.TimedOut or StepStatus.Abandoned => Color.Red,
        StepStatus.Cancelled => Color.Yellow,
        _ => null,
    };
}
