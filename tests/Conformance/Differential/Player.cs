using System.Net;
using Preempt.Conformance.App;
using Preempt.Conformance.Engines;

namespace Preempt.Conformance.Differential;

/// <summary>What became of a script on one engine.</summary>
internal sealed record PlayOutcome(string Outcome, string? CustomStatus, bool IsPurged);

/// <summary>Plays scripts on an engine, and does to it what they say from outside.</summary>
internal static class Player
{
    public static async Task<PlayOutcome> PlayAsync(EngineApi api, string id, Script script)
    {
        await api.StartAsync("PlayScript", script, id);
        foreach (Pause pause in script.Steps.OfType<Pause>())
        {
            Instance paused = await api.WaitAsync(id, instance => instance.HasEnded || instance.CustomStatusText == pause.Status);
            if (paused.HasEnded)
                break;
            foreach (Act act in pause.Acts)
                await DoAsync(api, id, act);
            if (!pause.Acts.Any(act => act is Terminate))
                await RaiseAsync(api, id, new Raise(pause.End, ""));
        }

        Instance ended = await api.WaitForEndAsync(id);
        HttpStatusCode purged = await api.PurgeAsync(id);
        return new PlayOutcome(ended.Outcome, ended.CustomStatus?.ToJsonString(), purged == HttpStatusCode.OK && await api.FindAsync(id) is null);
    }

    private static async Task DoAsync(EngineApi api, string id, Act act)
    {
        switch (act)
        {
            case Raise raise:
                await RaiseAsync(api, id, raise);
                break;
            case Suspend:
                await api.AskAsync(id, "suspend");
                await api.WaitAsync(id, instance => instance.RuntimeStatus == "Suspended");
                break;
            case Resume:
                await api.AskAsync(id, "resume");
                break;
            case Terminate terminate:
                await api.AskAsync(id, "terminate", $"reason={terminate.Reason}");
                break;
            default:
                throw new ArgumentException($"The act {act} is unknown.", nameof(act));
        }
    }

    private static async Task RaiseAsync(EngineApi api, string id, Raise raise) =>
        Assert.Equal(HttpStatusCode.Accepted, await api.RaiseAsync(id, raise.Name, raise.Payload));
}
