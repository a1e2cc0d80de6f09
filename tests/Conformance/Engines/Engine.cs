using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Preempt.Conformance.Engines;

/// <summary>What runs the app.</summary>
public enum Engine
{
    /// <summary>The embedded engine, its state in SQLite.</summary>
    Embedded,

    /// <summary>The embedded engine, its state in memory.</summary>
    EmbeddedInMemory,

    /// <summary>Microsoft's engine under a Functions host, its state in Azurite.</summary>
    Microsoft,
}

/// <summary>Runs a test once on each engine.</summary>
/// <param name="arguments">What the test takes after the engine.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class EveryEngineAttribute(params object?[] arguments) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<Engine>().Select(engine => new TheoryDataRow([engine, .. arguments]))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
