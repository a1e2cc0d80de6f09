namespace Preempt.Tests.Shared;

/// <summary>The storage emulator that the tests of an assembly share; started for the first that asks, stopped after the last.</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    private readonly Lazy<Task<Azurite>> _azurite = new(() => Azurite.StartAsync());

    /// <summary>The connection string of the emulator.</summary>
    public async Task<string> GetConnectionStringAsync() => (await _azurite.Value).ConnectionString;

    /// <inheritdoc />
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_azurite is { IsValueCreated: true, Value.IsFaulted: false }) (await _azurite.Value).Dispose();
    }
}
