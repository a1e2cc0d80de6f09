namespace Preempt.Testing;

/// <summary>Where a test plays: in memory on a clock that skips, on the embedded host in real time, or against an app that runs elsewhere.</summary>
public sealed class TestPlace
{
    /// <summary>The variable of the environment that says where: <c>memory</c>, <c>embedded</c>, or an app's address.</summary>
    public const string Variable = "PREEMPT_TEST_APP";

    /// <summary>The variable of the environment with the key of the app at an address, where it asks for one.</summary>
    public const string KeyVariable = "PREEMPT_TEST_KEY";

    private readonly string _name;

    private TestPlace(string name, Uri? address = null, string? key = null) => (_name, Address, Key) = (name, address, key);

    /// <summary>In the test's process and in memory, on a clock that skips: <see cref="PreemptTestHost"/>.</summary>
    public static TestPlace Memory { get; } = new("memory");

    /// <summary>In the test's process, on the embedded host with a SQLite store of its own, in real time.</summary>
    public static TestPlace Embedded { get; } = new("embedded");

    /// <summary>Where the app is; null in the test's own process.</summary>
    public Uri? Address { get; }

    /// <summary>The app's key.</summary>
    internal string? Key { get; }

    /// <summary>Against an app that runs, over its HTTP API, in real time.</summary>
    /// <param name="address">Where it is, such as <c>https://app.example.com</c>.</param>
    /// <param name="key">Its function key, where it asks for one.</param>
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

    /// <summary>The place that <see cref="Variable"/> names; in memory where it names none.</summary>
    /// <returns>The place.</returns>
    /// <exception cref="FormatException">What it names is no place.</exception>
    public static TestPlace FromEnvironment() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
        ? Parse(text, Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key : null)
        : Memory;

    /// <summary>The place as <see cref="Parse"/> reads it; without the key.</summary>
    public override string ToString() => _name;
}
