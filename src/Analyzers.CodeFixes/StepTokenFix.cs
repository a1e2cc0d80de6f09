using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Preempt.Analyzers;

/// <summary>Passes a step's token on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class StepTokenFix : CodeFixProvider
{
    /// <inheritdoc />
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create(Rules.StepToken.Id);

    /// <inheritdoc />
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc />
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        SemanticModel? model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        Diagnostic diagnostic = context.Diagnostics[0];
        if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not InvocationExpressionSyntax call
            || model?.GetSymbolInfo(call).Symbol is not IMethodSymbol method
            || StepOf(call, model) is not { } step)
        {
            return;
        }

        ArgumentSyntax argument = SyntaxFactory.Argument(SyntaxFactory.ParseExpression($"{step}.CancellationToken"));
        // Where an argument before it is left out, the token's needs its name.
        IParameterSymbol? parameter = method.Parameters.FirstOrDefault(static each => each.Type.Name == "CancellationToken");
        if (parameter is not null && parameter.Ordinal > call.ArgumentList.Arguments.Count)
            argument = argument.WithNameColon(SyntaxFactory.NameColon(parameter.Name)).NormalizeWhitespace();
        InvocationExpressionSyntax passing = call.WithArgumentList(call.ArgumentList.WithArguments(
            call.ArgumentList.Arguments.Count == 0
                ? SyntaxFactory.SingletonSeparatedList(argument)
                : call.ArgumentList.Arguments.Add(argument.WithLeadingTrivia(SyntaxFactory.Space))));
        context.RegisterCodeFix(
            CodeAction.Create(
                $"Pass '{step}.CancellationToken'",
                _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(call, passing))),
                equivalenceKey: diagnostic.Id),
            diagnostic);
    }

    private static string? StepOf(SyntaxNode node, SemanticModel model) => model.LookupSymbols(node.SpanStart)
        .OfType<IParameterSymbol>()
        .FirstOrDefault(static parameter => parameter.Type.ToDisplayString() == "Preempt.StepContext")?.Name;
}
