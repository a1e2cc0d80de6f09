using System.Globalization;

namespace Preempt.Cli.Output;

/// <summary>Times and lengths of time as people read them.</summary>
internal static class Times
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>A length of time to three digits or so: what is below a second in milliseconds.</summary>
    public static string Of(TimeSpan length) => length switch
    {
        { TotalMilliseconds: < 999.5 } => string.Create(CultureInfo.InvariantCulture, $"{length.TotalMilliseconds:0}ms"),
        { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{length.TotalSeconds:0.#}s"),
        _ => Duration.FromTimeSpan(TimeSpan.FromSeconds(Math.Round(length.TotalSeconds))).ToString(),
    };

    /// <inheritdoc cref="Of(TimeSpan)" />
    public static string Of(Duration length) => length.IsNever ? length.ToString() : Of(length.Value);

    /// <summary>The bar of a fraction from 0 to 1.</summary>
    public static string Bar(double fraction, int width)
    {
        int filled = (int)Math.Round(Math.Clamp(fraction, 0, 1) * width);
        return new string('█', filled) + new string('░', width - filled);
    }

    public static string Percent(double fraction) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(fraction, 0, 1) * 100:0}%");
}
