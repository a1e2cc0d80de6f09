namespace Preempt;

/// <summary>What traces say of the data that an app works with. Whoever may read them is often somebody else than whoever may read the runs.</summary>
/// <param name="Keys">Whether they have concurrency keys, which are often names or addresses; else their hashes alone.</param>
/// <param name="Errors">Whether they have the messages of exceptions; else their types alone.</param>
internal sealed record TracedDetails(bool Keys, bool Errors)
{
    public static TracedDetails Of(PreemptOptions options) => new(options.TraceKeys, options.TraceErrors);
}
