using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Preempt.Analyzers;

/// <summary>Finds key templates that name a property which the workflow's input does not have.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KeyTemplateAnalyzer : PreemptAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.KeyTemplate);

    /// <inheritdoc />
    private protected override void Begin(CompilationStartAnalysisContext start, PreemptTypes types) =>
        start.RegisterOperationAction(operation => Look(operation, types), OperationKind.Invocation);

    private static void Look(OperationAnalysisContext context, PreemptTypes types)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (!PreemptTypes.Same(call.TargetMethod.ContainingType, types.Builder) || call.TargetMethod.Name is not ("Concurrency" or "StepConcurrency" or "Throttle" or "StepThrottle" or "Debounce" or "UseRule" or "UseStepRule"))
            return;
        if (types.InputOfWorkflow(context.ContainingSymbol.ContainingType) is not { } input)
            return;
        IArgumentOperation? argument = call.Arguments.FirstOrDefault(static each => each.Parameter is { Name: "key", Type.SpecialType: SpecialType.System_String });
        if (argument?.Value.ConstantValue is not { HasValue: true, Value: string template })
            return;
        foreach (KeyPath path in KeyPath.FindAll(template))
        {
            if (InputMembers.FindMissing(input, path) is { } missing)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.KeyTemplate, argument.Value.Syntax.GetLocation(), template, path.Text, missing.Owner, missing.Hint));
            }
        }
    }
}
