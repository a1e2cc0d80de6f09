using System.Globalization;

namespace Preempt;

/// <summary>Numbers in concurrency keys: those that are equal are written alike, whatever digits they came with.</summary>
internal static class KeyNumber
{
    /// <summary>Zeros that are written out; beyond that a number has an exponent.</summary>
    private const int MaxZeros = 20;

    /// <summary>Writes a number without needless zeros, point, plus and exponent: <c>77001.0</c> and <c>7.7001e4</c> as <c>77001</c>.</summary>
    /// <param name="json">The number as JSON has it; none of its digits is lost.</param>
    public static string Write(string json)
    {
        string sign = json.StartsWith('-') ? "-" : "";
        string[] parts = json[sign.Length..].Split('e', 'E');
        int point = parts[0].IndexOf('.', StringComparison.Ordinal);
        string digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        long exponent = 0;
        if (parts.Length > 1 && !long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return json;
        if (long.Abs(exponent) > int.MaxValue)
            return json;
        exponent -= point < 0 ? 0 : parts[0].Length - point - 1;
        string significant = digits.TrimEnd('0');
        exponent += digits.Length - significant.Length;
        significant = significant.TrimStart('0');
        if (significant.Length == 0)
            return "0";
        return sign + exponent switch
        {
            >= 0 and <= MaxZeros => significant + new string('0', (int)exponent),
            < 0 when -exponent < significant.Length => significant.Insert(significant.Length + (int)exponent, "."),
            < 0 and >= -MaxZeros => $"0.{significant.PadLeft((int)-exponent, '0')}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{significant}e{exponent}"),
        };
    }
}
