using Microsoft.CodeAnalysis.Diagnostics;

namespace Preempt.Analyzers;

/// <summary>Looks at the code of compilations that know Preempt, generated code aside.</summary>
public abstract class PreemptAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc />
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (PreemptTypes.Find(start.Compilation) is { } types)
                Begin(start, types);
        });
    }

    /// <summary>Registers what looks at a compilation.</summary>
    private protected abstract void Begin(CompilationStartAnalysisContext start, PreemptTypes types);
}
