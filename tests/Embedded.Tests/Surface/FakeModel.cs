#pragma warning disable IDE0130 // the namespace is the point
namespace Microsoft.Fake;

[Obsolete("fake")]
public record Invented
{
    protected const int Limit = 7;

    public required string Text { get; init; }

    internal string? Hidden { get; init; }

    public virtual Task<List<string?>?> SomethingAsync<T>(in T value, int? count = null, string name = "a\"b", Hue hue = Hue.Green)
        where T : struct => Task.FromResult<List<string?>?>([value.ToString(), $"{count}{name}{hue}{Hidden}"]);
}

public enum Hue
{
    Red,
    Green = 4,
}

public delegate bool Choose<in TKey, TValue>(TKey key, out TValue? value)
    where TKey : IComparable<TKey>;
