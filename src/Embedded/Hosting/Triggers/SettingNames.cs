using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Preempt.Embedded.Hosting.Triggers;

/// <summary>Puts the app's settings into what attributes say: <c>%name%</c> stands for the setting of that name.</summary>
internal static partial class SettingNames
{
    /// <summary>The text with its settings filled in.</summary>
    /// <exception cref="NotSupportedException">A setting is not set.</exception>
    public static string Resolve(string text, IConfiguration app) => Named().Replace(text, match =>
        app[match.Groups["name"].Value] is { Length: > 0 } value
            ? value
            : throw new NotSupportedException($"it needs the setting '{match.Groups["name"].Value}', which is not set"));

    [GeneratedRegex("%(?<name>[^%]+)%")]
    private static partial Regex Named();
}
