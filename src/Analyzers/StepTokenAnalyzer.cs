using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Preempt.Analyzers;

/// <summary>
/// Finds asynchronous calls that a step makes without a token, although they take one: they go on when the step is told to stop. Clean-up, in a
/// <c>catch</c> or a <c>finally</c>, is left alone: by then the token may have fired.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StepTokenAnalyzer : PreemptAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.StepToken);

    /// <inheritdoc />
    private protected override void Begin(CompilationStartAnalysisContext start, PreemptTypes types)
    {
        if (start.Compilation.GetTypeByMetadataName("System.Threading.CancellationToken") is { } token)
            start.RegisterOperationAction(operation => Look(operation, types, token), OperationKind.Invocation);
    }

    private static void Look(OperationAnalysisContext context, PreemptTypes types, INamedTypeSymbol token)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (types.InputOfStep(context.ContainingSymbol.ContainingType) is null || StepOf(context.ContainingSymbol, types) is null)
            return;
        IMethodSymbol method = call.TargetMethod;
        if (!IsAsynchronous(method.ReturnType) || PreemptTypes.Same(method.ContainingType, types.StepContext) || StartsWork(method) || IsCleanUp(call))
            return;
        if (call.Arguments.Any(argument => argument.ArgumentKind != ArgumentKind.DefaultValue && PreemptTypes.Same(argument.Value.Type, token)))
            return;
        bool takesToken = call.Arguments.Any(
            argument => argument.ArgumentKind == ArgumentKind.DefaultValue && PreemptTypes.Same(argument.Parameter?.Type, token));
        if (takesToken || HasOverload(method, token))
            context.ReportDiagnostic(Diagnostic.Create(Rules.StepToken, call.Syntax.GetLocation(), $"{method.ContainingType.Name}.{method.Name}"));
    }

    /// <summary>The parameter by which the method knows its step; null where it has none.</summary>
    private static IParameterSymbol? StepOf(ISymbol method, PreemptTypes types) =>
        (method as IMethodSymbol)?.Parameters.FirstOrDefault(parameter => PreemptTypes.Same(parameter.Type, types.StepContext));

    private static bool IsAsynchronous(ITypeSymbol type) =>
        type.Name is "Task" or "ValueTask" or "IAsyncEnumerable" or "ConfiguredTaskAwaitable" or "ConfiguredValueTaskAwaitable";

    /// <summary>Whether the token of the call says only whether the work begins: the work has to look at it itself.</summary>
    private static bool StartsWork(IMethodSymbol method) =>
        (method.ContainingType.Name, method.Name) is ("Task", "Run") or ("TaskFactory", _) or ("Task", "ContinueWith") or ("Task", "WaitAsync");

    private static bool IsCleanUp(IOperation operation)
    {
        for (IOperation child = operation; child.Parent is { } parent; child = parent)
        {
            if (parent is ICatchClauseOperation || (parent is ITryOperation attempt && attempt.Finally == child))
                return true;
        }

        return false;
    }

    /// <summary>Whether there is the same method with a token at its end.</summary>
    private static bool HasOverload(IMethodSymbol method, INamedTypeSymbol token)
    {
        IMethodSymbol called = (method.ReducedFrom ?? method).OriginalDefinition;
        return called.ContainingType.GetMembers(called.Name).OfType<IMethodSymbol>().Any(other =>
            other.Arity == called.Arity
            && other.IsStatic == called.IsStatic
            && other.DeclaredAccessibility == called.DeclaredAccessibility
            && other.Parameters.Length == called.Parameters.Length + 1
            && PreemptTypes.Same(other.Parameters[other.Parameters.Length - 1].Type, token)
            && called.Parameters.Select(static parameter => parameter.Type.ToDisplayString())
                .SequenceEqual(other.Parameters.Take(called.Parameters.Length).Select(static parameter => parameter.Type.ToDisplayString())));
    }
}
