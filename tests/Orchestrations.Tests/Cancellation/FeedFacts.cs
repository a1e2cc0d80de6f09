using Preempt.Tests.Shared;

namespace Preempt.Tests.Cancellation;

/// <summary>Tests on one real table, each on its own.</summary>
public abstract class FeedFacts(AzuriteFixture azurite) : IAsyncLifetime
{
    private protected FeedLab Lab { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Lab = new FeedLab(await azurite.GetConnectionStringAsync());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Lab.Dispose();
        return ValueTask.CompletedTask;
    }
}
