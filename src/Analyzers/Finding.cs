using Microsoft.CodeAnalysis;

namespace Preempt.Analyzers;

/// <summary>A place in the code that a rule forbids.</summary>
internal sealed class Finding(DiagnosticDescriptor rule, IOperation operation, string name)
{
    public Diagnostic ToDiagnostic() => Diagnostic.Create(rule, operation.Syntax.GetLocation(), name);
}
