using System.Net;
using Preempt.Conformance.App;
using Preempt.Conformance.Engines;
using Preempt.EndToEnd;

namespace Preempt.Conformance.Differential;

/// <summary>What became of a script on one engine.</summary>
internal sealed record PlayOutcome(string Outcome, string? CustomStatus);

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
        await PurgeAsync(api, id);
        return new PlayOutcome(ended.Outcome, ended.CustomStatus?.ToJsonString());
    }

    /// <summary>Purges until it is gone: Microsoft's engine may still write the history of an instance that it says has ended.</summary>
    private static Task<Instance?> PurgeAsync(EngineApi api, string id) => Eventually.GetAsync(
        async () =>
        {
            await api.PurgeAsync(id);
            return await api.FindAsync(id);
        },
        static found => found is null);

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
