using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Preempt.Analyzers;

/// <summary>
/// Finds calls of steps and workflows whose input is of another type than they take: inputs travel as JSON, so the compiler does not see it. What
/// is made for JSON (an anonymous object, a <c>JsonElement</c>, a dictionary) is left alone.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class InputTypeAnalyzer : PreemptAnalyzer
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.Input);

    /// <inheritdoc />
    private protected override void Begin(CompilationStartAnalysisContext start, PreemptTypes types) =>
        start.RegisterOperationAction(operation => Look(operation, types), OperationKind.Invocation);

    private static void Look(OperationAnalysisContext context, PreemptTypes types)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        IMethodSymbol method = call.TargetMethod;
        if (!PreemptTypes.Same(method.ContainingType, types.RunContext) || method.TypeArguments.IsEmpty)
            return;
        ITypeSymbol called = method.TypeArguments[0];
        if ((types.InputOfStep(called) ?? types.InputOfWorkflow(called)) is not { } expected)
            return;
        IArgumentOperation? argument = call.Arguments.FirstOrDefault(static each => each.Parameter?.Name == "input");
        if (argument is null || argument.ArgumentKind == ArgumentKind.DefaultValue)
            return;
        IOperation value = argument.Value;
        while (value is IConversionOperation { IsImplicit: true } conversion)
            value = conversion.Operand;
        if (value.Type is { } given && !Fits((CSharpCompilation)context.Compilation, given, expected))
            context.ReportDiagnostic(Diagnostic.Create(Rules.Input, value.Syntax.GetLocation(), called.Name, Show(expected), Show(given)));
    }

    private static bool Fits(CSharpCompilation compilation, ITypeSymbol given, ITypeSymbol expected)
    {
        if (IsJson(given) || IsJson(expected) || given.TypeKind == TypeKind.TypeParameter || expected.TypeKind == TypeKind.TypeParameter)
            return true;
        return compilation.ClassifyConversion(given, expected) is { IsImplicit: true, IsUserDefined: false }
            || (JsonTypes.ItemOf(given) is { } givenItem && JsonTypes.ItemOf(expected) is { } expectedItem && Fits(compilation, givenItem, expectedItem));
    }

    /// <summary>Whether values of the type may be any JSON.</summary>
    private static bool IsJson(ITypeSymbol type) =>
        type.IsAnonymousType
        || type.SpecialType == SpecialType.System_Object
        || type.TypeKind is TypeKind.Dynamic or TypeKind.Error
        || JsonTypes.IsOpen(type);

    private static string Show(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
}
