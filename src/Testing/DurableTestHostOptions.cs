using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt.Testing;

/// <summary>
/// Options of a <see cref="DurableTestHost"/>: what it runs, and its faults. The faults are those of a real host; the seed decides which
/// activity, message or timer has one.
/// </summary>
public sealed class DurableTestHostOptions
{
    /// <summary>The classes whose <c>[Function]</c> methods are run.</summary>
    public IList<Type> FunctionTypes { get; } = [];

    /// <summary>
    /// The assembly of an app that begins with <see cref="Embedded.FunctionApp.RunAsync"/>, to be run as it is deployed: its functions, those of the
    /// packages that it takes, and the services and middleware that its <c>Program</c> adds. Hosted services are not started, and only what is
    /// durable is triggered. Null, the default, for <see cref="FunctionTypes"/> alone. One app in a test project.
    /// </summary>
    public Assembly? App { get; set; }

    /// <summary>The settings of <see cref="App"/>, as in <c>Preempt:Grace</c>; its files and the environment are not read.</summary>
    public IDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>();

    /// <summary>Adds the app's services; those of <see cref="App"/> are there already, and what is added last counts. Called again after each crash, as a new process would.</summary>
    public Action<IServiceCollection> ConfigureServices { get; set; } = static _ => { };

    /// <summary>Decides which of several possible things happens next; 0 takes them in order. The same seed gives the same run.</summary>
    public int Seed { get; set; }

    /// <summary>When the host's clock starts, UTC.</summary>
    public DateTimeOffset StartTime { get; set; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Whether orchestrators are replayed at every turn and entities read their state at every operation, which finds code that is
    /// not deterministic and state that is not written. True by default.
    /// </summary>
    public bool ReplayEveryTurn { get; set; } = true;

    /// <summary>
    /// How long, in real time, an activity or an entity's operation may do anything other than wait on the host's clock: call over a network, run a
    /// process, wait for another. The clock stands still meanwhile. When the time is over the test fails, with a list of what is at work. It does
    /// not end under a debugger. 30 s by default.
    /// </summary>
    public TimeSpan RealTimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many pieces of work (turns, operations, continuations) may follow each other while the clock stands still, before the host
    /// takes them for a loop without an end. A million by default.
    /// </summary>
    public int MaxWorkAtOnce { get; set; } = 1_000_000;

    /// <summary>By how much timers of orchestrators may fire too early. On a real host it is up to one second; zero by default.</summary>
    public TimeSpan TimersFireEarly { get; set; }

    /// <summary>How often an activity is run twice, as after a lost result: 0 (never, the default) to 1 (always).</summary>
    public double ActivitiesRunTwice { get; set; }

    /// <summary>
    /// How often an activity fails although it has done its work, as when its worker process dies: 0 to 1. As often a batch of an entity's
    /// operations fails: its state stays what it was, callers get a failure, and signals are gone.
    /// </summary>
    public double WorkersDie { get; set; }

    /// <summary>
    /// How often the process dies at a commit, just before it is durable or just after, and starts again: 0 (never, the default) to
    /// 1 (always). If it dies during a call, the call ends with a <see cref="HostCrashedException"/>.
    /// </summary>
    public double CommitsCrash { get; set; }

    /// <summary>How often a message to an orchestration arrives twice: 0 to 1. Entities take each message once.</summary>
    public double MessagesArriveTwice { get; set; }

    /// <summary>
    /// How often a message arrives late: 0 to 1. A message to an orchestration may then arrive after a later one; those to an
    /// entity keep their order.
    /// </summary>
    public double MessagesArriveLate { get; set; }

    /// <summary>
    /// How often a turn of an orchestrator that sends something, or a batch of an entity's operations that answers or sends something, happens
    /// twice, as with Azure Storage, where the messages are sent before the history or the state is written: 0 to 1. The second time is later, with
    /// other guids; what others have sent to an entity meanwhile may come before the batch.
    /// </summary>
    public double TurnsHappenTwice { get; set; }

    /// <summary>How often a client's signal to an entity arrives twice: 0 to 1.</summary>
    public double SignalsArriveTwice { get; set; }

    /// <summary>
    /// How often a client that starts an instance is told that it has, although the id was taken less than a second before: 0 to 1. What
    /// was started first runs.
    /// </summary>
    public double StartsCollide { get; set; }

    /// <summary>
    /// How often an event to an instance that has not had its first turn arrives before the instance's start, and is dropped silently: 0 to 1.
    /// Azure Storage sends the messages of a turn side by side, so an event to an instance that the same turn starts may arrive first.
    /// </summary>
    public double EventsOvertakeStarts { get; set; }

    /// <summary>
    /// How far the clocks of the processes that run the app may be off, either way: the <see cref="TimeProvider"/> of the app's services. There
    /// are three processes, and any of them runs the next function, or makes the test's next call. Zero by default.
    /// </summary>
    public TimeSpan ClocksDiffer { get; set; }

    /// <summary>How late a late message may be. 5 s by default.</summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(5);
}
