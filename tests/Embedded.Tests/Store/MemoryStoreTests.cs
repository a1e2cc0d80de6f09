using Preempt.Embedded.Store;

namespace Preempt.Embedded.Tests.Store;

public sealed class MemoryStoreTests : StoreContractTests
{
    private protected override IStore Store { get; } = new MemoryStore();

    private protected override void Restart()
    {
        // An engine that starts on it finds the same object.
    }
}
