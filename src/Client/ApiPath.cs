using System.Globalization;
using System.Text;
using Preempt.Json;

namespace Preempt.Client;

/// <summary>Builds the path and the query of a call from what a caller gave.</summary>
internal sealed class ApiPath(string path)
{
    private readonly StringBuilder _query = new();

    /// <summary>A value as one segment of a path.</summary>
    /// <exception cref="InvalidRunException">It is empty, or one that would lead elsewhere.</exception>
    public static string Segment(string value, string what)
    {
        ArgumentNullException.ThrowIfNull(value, what);
        return value is "" or "." or ".."
            ? throw new InvalidRunException($"{what} \"{value}\": such a name cannot be part of an address.")
            : Uri.EscapeDataString(value);
    }

    /// <summary>Adds a parameter, if there is a value.</summary>
    public ApiPath With(string name, string? value)
    {
        if (value is null)
            return this;
        _query.Append(_query.Length == 0 ? '?' : '&');
        _query.Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    public ApiPath With(string name, int? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    public ApiPath With(string name, DateTimeOffset? value) => With(name, value is { } time ? UtcTimeConverter.ToText(time) : null);

    public override string ToString() => path + _query;
}
