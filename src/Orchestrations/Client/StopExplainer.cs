namespace Preempt;

/// <summary>Puts a stop into words.</summary>
internal static class StopExplainer
{
    public static string Explain(RunStop stop)
    {
        string why = stop.Reason switch
        {
            StopReason.Requested => $"{(stop.By is { } by ? $"{by} asked" : "Somebody asked")} for it to stop",
            StopReason.Superseded => $"The newer run {stop.SupersededBy} superseded it",
            StopReason.Timeout => "It was told to stop because its timeout was over",
            StopReason.ScheduleTimeout => "It was stopped because it had waited too long",
            StopReason.EndCondition => "It was told to stop because its end condition was met",
            StopReason.GateFull => "There was no free slot, or the queue was full",
            StopReason.Parent => "Its parent was asked to stop, and so was it",
            StopReason.Shutdown => "The app was told to stop its runs",
            StopReason.Self => "Its own code asked for the stop",
            _ => $"It was told to stop, with the reason {stop.Reason}",
        };
        string when = $"{why}, at {RunExplainer.Time(stop.RequestedAt)}";
        return stop.Message is { Length: > 0 } message ? $"{when}: {message.TrimEnd('.')}." : $"{when}.";
    }
}
