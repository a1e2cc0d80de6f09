using System.Reflection;

namespace Preempt.EndToEnd.Hosting;

/// <summary>What the build tells the suite.</summary>
internal static class SuiteBuild
{
    /// <summary>What the project says under that name; null if it does not.</summary>
    public static string? Tells(string name) => typeof(SuiteBuild).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .SingleOrDefault(metadata => metadata.Key == name)?.Value;
}
