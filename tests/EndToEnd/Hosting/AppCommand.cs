using Preempt.Tests.Shared;

namespace Preempt.EndToEnd.Hosting;

/// <summary>How an app is started, as the project says: alone, or as the isolated worker of a Functions host on Azurite.</summary>
internal sealed class AppCommand : IDisposable
{
    private const string StorageSetting = "AzureWebJobsStorage";

    private readonly Azurite? _storage;

    private AppCommand(string[] arguments, IReadOnlyDictionary<string, string> settings, Azurite? storage = null) =>
        (Arguments, Settings, _storage) = (arguments, settings, storage);

    /// <summary>What <c>dotnet</c> is called with.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Environment variables to add.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Whether the suite's apps run under a Functions host.</summary>
    public static bool IsFunctionsHost => SuiteBuild.Tells("AppHost") == "functions";

    /// <summary>Makes ready what the app needs beside itself.</summary>
    /// <param name="settings">
    /// Environment variables of the test. Unless they name a storage account, an app under a Functions host gets one of its own.
    /// </param>
    public static async Task<AppCommand> PrepareAsync(IReadOnlyDictionary<string, string> settings) =>
        IsFunctionsHost
            ? await UnderFunctionsHostAsync(SuiteBuild.Tells("FunctionsAppFolder")!, settings)
            : Alone(SuiteBuild.Tells("FunctionsAssembly")!, settings);

    /// <summary>An app that is its own host.</summary>
    /// <param name="assembly">The app.</param>
    /// <param name="settings">Environment variables.</param>
    public static AppCommand Alone(string assembly, IReadOnlyDictionary<string, string> settings) => new([assembly], settings);

    /// <summary>An app as the isolated worker of a Functions host.</summary>
    /// <param name="folder">The app's output.</param>
    /// <param name="settings">Environment variables. Unless they name a storage account, the app gets one of its own.</param>
    public static async Task<AppCommand> UnderFunctionsHostAsync(string folder, IReadOnlyDictionary<string, string> settings)
    {
        string[] arguments = [SuiteBuild.Tells("FunctionsHostAssembly")!, "--app", folder];
        if (settings.ContainsKey(StorageSetting))
            return new(arguments, settings);
        Azurite storage = await Azurite.StartAsync();
        return new(arguments, new Dictionary<string, string>(settings) { [StorageSetting] = storage.ConnectionString }, storage);
    }

    /// <summary>Ends what the app needed; after the app.</summary>
    public void Dispose() => _storage?.Dispose();
}
