using Microsoft.DurableTask;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Embedded.Engine;
using Preempt.Testing;

namespace Preempt.Tests.Histories;

/// <summary>Runs whose histories are recorded, ended ones and runs in flight, on the embedded engine with a skipped clock.</summary>
public sealed class Recording : IDisposable
{
    private readonly Dictionary<string, string> _names = [];

    private readonly DurableTestHost _host = MakeHost();

    private RunClient Runs => _host.Services.GetRequiredService<RunClients>().With(_host.Client);

    /// <summary>The scenarios, by name. A recorded one is never changed; another is added.</summary>
    public static IReadOnlyDictionary<string, Action<Recording>> Scenarios { get; } = new Dictionary<string, Action<Recording>>
    {
        ["step"] = app => app.End(app.Start("recorded-plain", "step")),
        ["fails"] = app => app.End(app.Start("recorded-plain", "fails")),
        ["retries-delay-event"] = app =>
        {
            string id = app.Start("recorded-plain", "retries");
            app.Pass("5 minutes");
            app.Do(() => app.Runs.ExtendAsync(id, "1 hour"));
            app.Do(() => app.Runs.RaiseEventAsync(id, "paid", "in full"));
            app.End(id);
        },
        ["retries-in-flight"] = app =>
        {
            app.Start("recorded-plain", "retries");
            app.Pass("10s");
        },
        ["cancel-clean-up"] = app => app.End(app.Cancel(app.Start("recorded-plain", "clean-up"))),
        ["cancel-in-grace"] = app =>
        {
            app.Cancel(app.Start("recorded-plain", "stubborn"));
            app.Pass("20s");
        },
        ["forced"] = app => app.End(app.Cancel(app.Start("recorded-plain", "stubborn"))),
        ["one-step-stops"] = app => app.End(app.Start("recorded-plain", "one-step-stops")),
        ["one-child-stops"] = app => app.End(app.Start("recorded-plain", "one-child-stops")),
        ["timeout"] = app => app.End(app.Start("recorded-plain", "clean-up")),
        ["end-condition-event"] = app =>
        {
            string id = app.Start("recorded-end", "clean-up");
            app.Pass("10s");
            app.Do(() => app.Runs.PublishEventAsync("over", null));
            app.End(id);
        },
        ["end-condition-time"] = app => app.End(app.Start("recorded-end", "clean-up")),
        ["superseded"] = app => app.Two("recorded-newest"),
        ["superseded-at-once"] = app => app.Two("recorded-at-once"),
        ["refused"] = app => app.Two("recorded-refused"),
        ["queue"] = app =>
        {
            string first = app.Start("recorded-in-line", "step");
            string second = app.Start("recorded-in-line", "clean-up");
            string waiting = app.Start("recorded-in-line", "step");
            app.Pass("1s");
            string rejected = app.Start("recorded-in-line", "step");
            app.End(first);
            app.End(rejected);
            app.Pass("30 minutes");
            app.Cancel(second);
            app.End(waiting);
        },
        ["queue-in-flight"] = app =>
        {
            app.Start("recorded-in-line", "clean-up");
            app.Pass("1s");
            app.Start("recorded-in-line", "step");
            app.Pass("30 minutes");
        },
        ["schedule-timeout"] = app =>
        {
            app.Start("recorded-in-line", "clean-up");
            app.Pass("1s");
            app.End(app.Start("recorded-in-line", "step"));
        },
        ["round-robin"] = app =>
        {
            string[] ids = [app.Start("recorded-turns", "step", "a"), app.Start("recorded-turns", "step", "a"), app.Start("recorded-turns", "step", "b")];
            Array.ForEach(ids, app.End);
        },
        ["two-rules-and-steps"] = app =>
        {
            string[] ids = [app.Start("recorded-two-rules", "step"), app.Start("recorded-two-rules", "retries")];
            app.Pass("5 minutes");
            app.Do(() => app.Runs.RaiseEventAsync(ids[1], "paid", "in full"));
            Array.ForEach(ids, app.End);
        },
        ["parent"] = app => app.End(app.Start("recorded-plain", "parent")),
        ["parent-cancelled"] = app => app.End(app.Cancel(app.Start("recorded-plain", "long-parent"))),
        ["parent-in-flight"] = app =>
        {
            app.Start("recorded-plain", "long-parent");
            app.Pass("1 minute");
        },
        ["drained"] = app =>
        {
            app.Do(() => app.Runs.DrainAsync());
            string id = app.Start("recorded-plain", "step");
            app.Pass("5 minutes");
            app.Do(() => app.Runs.ResumeAsync());
            app.End(id);
        },
        ["late"] = app => app.End(app.StartLate("recorded-newest", "step")),
        ["restarted"] = app =>
        {
            string id = app.Start("recorded-newest", "step");
            app.End(id);
            app.Pass("1h");
            app.Do(() => app._host.Client.RestartAsync(id));
            app.Do(() => app._host.Client.RestartAsync(id, restartWithNewInstanceId: true));
            app.Pass("1 minute");
        },
        ["supervised"] = app => app.End(app.Supervise("retries-of-its-own", "step")),
        ["supervised-superseded"] = app =>
        {
            string older = app.Supervise("older", "clean-up");
            app.Pass("5s");
            app.End(app.Supervise("newer", "step"));
            app.End(older);
        },
        ["supervised-in-flight"] = app =>
        {
            app.Supervise("working", "clean-up");
            app.Pass("10s");
        },
    };

    /// <summary>Plays a scenario.</summary>
    /// <returns>The histories of its runs, each with a name.</returns>
    public static IReadOnlyList<(string Name, RecordedHistory History)> Play(string scenario) =>
        [.. PlayStored(scenario).Select((stored, index) => ($"{scenario}-{index + 1}", RecordedHistory.Of(stored.Header, stored.History)))];

    /// <summary>Plays a scenario.</summary>
    /// <returns>What the store has of its runs.</returns>
    internal static IReadOnlyList<(InstanceHeader Header, IReadOnlyList<HistoryEvent> History)> PlayStored(string scenario)
    {
        using Recording app = new();
        Scenarios[scenario](app);
        return [.. app._host.Store.ListInstances("", null, int.MaxValue, static header =>
                header.Name is PreemptFunctions.Run or nameof(RecordedFunctions.RecordedOrchestrator))
            .OrderBy(header => header.CreatedAt).ThenBy(header => header.InstanceId, StringComparer.Ordinal)
            .Select(header => (header, app._host.Store.ReadHistory(header.InstanceId)))];
    }

    private static DurableTestHost MakeHost()
    {
        DurableTestHostOptions options = new()
        {
            ConfigureServices = static services => services.AddPreempt(
                new ConfigurationBuilder().Build(),
                static preempt => preempt.AddTypes(typeof(Recording).Assembly.GetTypes().Where(type => type.Namespace == typeof(Recording).Namespace))),
        };
        foreach (Type type in PreemptFunctions.Types.Append(typeof(RecordedFunctions)))
            options.FunctionTypes.Add(type);
        return new DurableTestHost(options);
    }

    private string Start(string workflow, string code, string key = "k")
    {
        StartOptions options = new() { RunId = FormattableString.Invariant($"run-{_names.Count + 1}") };
        _names.Add(options.RunId!, code);
        return _host.Run(() => Runs.StartAsync(workflow, new Recipe(key, code), options)).Id;
    }

    /// <summary>Starts a run that nobody gives its first turn for a while.</summary>
    private string StartLate(string workflow, string code)
    {
        const string Id = "late";
        RunRequest request = RunStart.MakeRequest(
            _host.Services.GetRequiredService<WorkflowRegistry>().Find(workflow), new Recipe("k", code), new StartOptions(), _host.Now);
        return _host.Run(() => _host.Client.ScheduleNewOrchestrationInstanceAsync(
            PreemptFunctions.Run,
            request with { RunId = Id, ScheduledAt = _host.Now },
            new StartOrchestrationOptions(Id, _host.Now + TimeSpan.FromSeconds(30))));
    }

    private string Supervise(string id, string code) => _host.Run(() => _host.Client.ScheduleNewOrchestrationInstanceAsync(
        nameof(RecordedFunctions.RecordedOrchestrator), new Recipe("k", code), new StartOrchestrationOptions(id)));

    /// <summary>The older works when the newer comes.</summary>
    private void Two(string workflow)
    {
        string older = Start(workflow, "step");
        Pass("5s");
        string newer = Start(workflow, "step");
        End(older);
        End(newer);
    }

    /// <summary>Cancels a run that is at work.</summary>
    private string Cancel(string id)
    {
        Pass("5s");
        Do(() => Runs.CancelAsync(id, new CancelOptions(Message: "no longer wanted")));
        return id;
    }

    private void Pass(Duration time) => _host.Advance(time.Value);

    private void Do<T>(Func<Task<T>> call) => _host.Run(call);

    private void End(string id) => _host.RunUntil(
        () => _host.Client.GetInstanceAsync(id).GetAwaiter().GetResult()!.IsCompleted, TimeSpan.FromDays(2));

    public void Dispose() => _host.Dispose();
}
