namespace Preempt;

/// <summary>What traces say of the data that an app works with. Whoever may read them is often somebody else than whoever may read the runs.</summary>
/// <param name="Keys">Whether they have concurrency keys, which are often names or addresses; else their hashes alone.</param>
/// <param name="Errors">Whether they have the messages of exceptions; else their types alone.</param>
internal sealed record TracedDetails(bool Keys, bool Errors)
{
    /// <summary>What a trace says of an end with an error.</summary>
    /// <param name="error">The error; null where there is none.</param>
    /// <param name="status">What is said instead.</param>
    public string Describe(RunError? error, string status) => (Errors ? error?.Message : null) ?? status;

    public static TracedDetails Of(PreemptOptions options) => new(options.TraceKeys, options.TraceErrors);
}
