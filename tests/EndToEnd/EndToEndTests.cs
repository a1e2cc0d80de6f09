using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>What all tests of the suite share: the API, and a group of their own.</summary>
public abstract class EndToEndTests(AppUnderTest app) : IAsyncDisposable
{
    /// <summary>How far the times of a gate and of a run's turn may be apart.</summary>
    protected static readonly TimeSpan ClockError = TimeSpan.FromMilliseconds(50);

    internal PreemptApi Api { get; } = new(app.Http);

    /// <summary>The test's own concurrency key.</summary>
    protected string Group { get; } = $"{TestContext.Current.TestMethod?.MethodName}-{Guid.NewGuid():N}";

    /// <summary>The answers to cancels at one time that were accepted: on a busy machine the run has ended before the last of them came.</summary>
    internal static Answer[] ExpectAccepted(Answer[] answers)
    {
        Answer[] accepted = [.. answers.Where(answer => answer.Status != HttpStatusCode.Conflict)];
        Assert.NotEmpty(accepted);
        Assert.All(accepted, answer => answer.Expect(HttpStatusCode.Accepted));
        return accepted;
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine($"The app's latest output:\n{app.OutputAbout(Api.Started)}");
        await Api.StopAllAsync();
    }
}
