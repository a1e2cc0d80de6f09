namespace Preempt.Testing;

/// <summary>Where a test runs: in memory with skipped time, on the embedded host in real time, or against an app that runs elsewhere.</summary>
public sealed class TestPlace
{
    /// <summary>The environment variable that selects the place: <c>memory</c>, <c>embedded</c>, or an app's address.</summary>
    public const string Variable = "PREEMPT_TEST_APP";

    /// <summary>The environment variable with the key of the app at an address, if it needs one.</summary>
    public const string KeyVariable = "PREEMPT_TEST_KEY";

    private readonly string _name;

    private TestPlace(string name, Uri? address = null, string? key = null) => (_name, Address, Key) = (name, address, key);

    /// <summary>In the test's process and in memory, with skipped time: <see cref="PreemptTestHost"/>.</summary>
    public static TestPlace Memory { get; } = new("memory");

    /// <summary>In the test's process, on the embedded host with a SQLite store of its own, in real time.</summary>
    public static TestPlace Embedded { get; } = new("embedded");

    /// <summary>The app's address; null in the test's own process.</summary>
    public Uri? Address { get; }

    /// <summary>The app's key.</summary>
    internal string? Key { get; }

    /// <summary>Against an app that runs, over its HTTP API, in real time.</summary>
    /// <param name="address">The app's address, such as <c>https://app.example.com</c>.</param>
    /// <param name="key">Its function key, if it needs one.</param>
    /// <returns>The place.</returns>
    public static TestPlace At(Uri address, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new(address.ToString(), address, key);
    }

    /// <summary>Reads a place.</summary>
    /// <param name="text"><c>memory</c>, <c>embedded</c>, or an address that begins with <c>http</c>.</param>
    /// <param name="key">The key of the app at the address.</param>
    /// <returns>The place.</returns>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static TestPlace Parse(string text, string? key = null) => text switch
    {
        "memory" => Memory,
        "embedded" => Embedded,
        _ when Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) =>
            At(address, key),
        _ => throw new FormatException($"{Variable} \"{text}\": memory, embedded, or an address such as https://app.example.com is expected."),
    };

    /// <summary>The place that <see cref="Variable"/> selects; in memory if it is not set.</summary>
    /// <returns>The place.</returns>
    /// <exception cref="FormatException">Its value is not a place.</exception>
    public static TestPlace FromEnvironment() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
        ? Parse(text, Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key : null)
        : Memory;

    /// <summary>The place as <see cref="Parse"/> reads it; without the key.</summary>
    public override string ToString() => _name;
}
