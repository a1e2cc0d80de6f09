using Microsoft.Extensions.Configuration;

namespace Preempt.Embedded.Store;

/// <summary>The setting <c>Preempt:Store</c>: a directory, by default <c>.preempt</c> in the current one, or <c>memory</c>.</summary>
internal static class StoreSetting
{
    public const string Name = "Preempt:Store";

    public const string Memory = "memory";

    private const string DefaultDirectory = ".preempt";

    /// <summary>Opens the store that is set.</summary>
    /// <exception cref="UnusableStoreException">It cannot be opened.</exception>
    public static IStore Open(IConfiguration configuration) => configuration[Name] switch
    {
        null or "" => SqliteStore.Open(DefaultDirectory),
        Memory => new MemoryStore(),
        { } directory => SqliteStore.Open(directory),
    };
}
