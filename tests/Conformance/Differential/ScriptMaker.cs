using Preempt.Conformance.App;

namespace Preempt.Conformance.Differential;

/// <summary>
/// Makes scripts at random, the same from the same seed. What decides their outcome is ordered: an act from outside waits for the custom
/// status of its pause, and no two senders send to one receiver at one time.
/// </summary>
internal sealed class ScriptMaker
{
    private const int MaxSteps = 10;
    private const int MaxChildSteps = 4;
    private const int MaxDepth = 2;
    private const int MaxPauses = 2;

    private readonly Random _random;
    private readonly Queue<string> _raised = new();
    private int _names;
    private int _pauses;
    private bool _isTerminated;

    private ScriptMaker(int seed) => _random = new Random(seed);

    /// <summary>The script of a seed.</summary>
    public static Script Make(int seed)
    {
        ScriptMaker maker = new(seed);
        return new Script(maker.Steps(maker._random.Next(2, MaxSteps + 1), depth: 0), []);
    }

    private List<Step> Steps(int count, int depth)
    {
        List<Step> steps = [];
        while (steps.Count < count && !_isTerminated)
        {
            Step step = depth == 0 && _raised.Count > 0 && Chance(2) ? AfterPause() : Step(depth);
            steps.Add(step);
            if (step is Fail)
                break;
        }

        return steps;
    }

    private Step Step(int depth) => _random.Next(depth == 0 ? 25 : 19) switch
    {
        0 => new CallActivity(Chance(4) ? null : Name("text")),
        1 => new CallFailingActivity(Name("message"), _random.Next(1, 3)),
        2 or 3 => new OpenActivity(Name("open")),
        4 => new OpenTimer(_random.Next(0, 400)),
        5 or 6 => new Join(),
        7 => new CallInParallel([.. Enumerable.Range(0, _random.Next(2, 5)).Select(_ => Name("parallel"))]),
        8 => new WaitForTimer(_random.Next(0, 400)),
        9 => new CancelTimer(),
        10 or 11 when depth < MaxDepth => new CallChild(Steps(_random.Next(1, MaxChildSteps + 1), depth + 1)),
        10 or 11 or 12 => new AddToEntity(Name("line"), IsSignal: Chance(2)),
        13 => new ReadEntity(),
        14 => new FailInEntity(),
        15 => new SendToItself(Name("own"), Name("payload")),
        16 => new SetStatus(Name("status")),
        17 => Chance(3) ? new Fail(Name("reason")) : new Continue(),
        18 => Chance(3) ? new WaitInVain(_random.Next(100, 400)) : new CallActivity(Name("text")),
        19 => new Continue(),
        20 or 21 or 22 or 23 when _pauses < MaxPauses => MakePause(),
        _ => new ReadEntity(),
    };

    /// <summary>Takes an event that a pause has left, in the same execution or in a new one.</summary>
    private Step AfterPause() => Chance(3) ? new Continue() : new WaitForEvent(_raised.Dequeue());

    /// <summary>
    /// Some events are for waiters of the pause, and the rest for steps that follow. A name has its waiters in one place: else the waiters
    /// of a later pause would get what an earlier one left. What is kept has a name of its own: in which order events of one name come through
    /// a continue-as-new, Microsoft's engine does not always say the same.
    /// </summary>
    private Pause MakePause()
    {
        List<string> waiters = Chance(2) ? [] : [.. Enumerable.Repeat(Name("awaited"), _random.Next(1, 4))];
        List<string> raised = [.. waiters];
        for (int i = _random.Next(0, 4); i > 0; i--)
        {
            string kept = Name("kept");
            raised.Insert(_random.Next(0, raised.Count + 1), kept);
            _raised.Enqueue(kept);
        }

        List<Act> acts = [.. raised.Select(name => new Raise(name, Name("payload")))];
        if (Chance(3))
            acts.Insert(_random.Next(0, acts.Count + 1), new Suspend());
        _isTerminated = Chance(8);
        if (_isTerminated)
            acts.Add(new Terminate(Name("reason")));
        else if (acts.Exists(act => act is Suspend))
            acts.Add(new Resume());
        return new Pause(++_pauses, waiters, CancelsNewest: waiters.Count > 0 && Chance(2), acts);
    }

    private bool Chance(int of) => _random.Next(of) == 0;

    private string Name(string what) => $"{what} {++_names}";
}
