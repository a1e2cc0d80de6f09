using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Preempt.Analyzers;

/// <summary>
/// Finds what a workflow's code may not do, because it is replayed on one thread: in its <c>RunAsync</c>, and in the methods and properties of the
/// same class that this uses.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class WorkflowCodeAnalyzer : PreemptAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(
        Rules.Clock,
        Rules.NewId,
        Rules.RandomNumber,
        Rules.OtherThread,
        Rules.Delay,
        Rules.ConfigureAwait,
        Rules.CancelAsync,
        Rules.Blocking,
        Rules.InputOutput);

    /// <inheritdoc />
    private protected override void Begin(CompilationStartAnalysisContext start, PreemptTypes types) => start.RegisterSymbolStartAction(
        symbol =>
        {
            INamedTypeSymbol type = (INamedTypeSymbol)symbol.Symbol;
            if (types.InputOfWorkflow(type) is null)
                return;
            WorkflowCode code = new(type);
            symbol.RegisterOperationBlockAction(block => code.Add(block.OwningSymbol, block.OperationBlocks));
            symbol.RegisterSymbolEndAction(end =>
            {
                foreach (Finding finding in code.Find())
                    end.ReportDiagnostic(finding.ToDiagnostic());
            });
        },
        SymbolKind.NamedType);
}
