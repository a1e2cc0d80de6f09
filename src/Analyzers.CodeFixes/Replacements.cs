using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Preempt.Analyzers;

/// <summary>What stands in the code, and what is to.</summary>
internal sealed class Replacement(ExpressionSyntax old, ExpressionSyntax @new)
{
    public ExpressionSyntax Old { get; } = old;

    public ExpressionSyntax New { get; } = @new;
}

/// <summary>What to write in a workflow instead of what it may not do.</summary>
internal static class Replacements
{
    /// <summary>Null where there is nothing that means the same.</summary>
    public static Replacement? Find(string rule, ExpressionSyntax node, SemanticModel model)
    {
        if (rule == Rules.ConfigureAwait.Id)
            return Callee(node) is { } configured ? new Replacement(node, configured.Expression) : null;
        if (rule == Rules.CancelAsync.Id)
            return CancelOf(node);
        if (rule == Rules.Blocking.Id)
            return AwaitOf(node);
        if (RunOf(node, model) is not { } run)
            return null;
        if (rule == Rules.NewId.Id)
            return node is InvocationExpressionSyntax ? new Replacement(node, Parse($"{run}.NewGuid()")) : null;
        return rule == Rules.Clock.Id ? TimeOf(node, run, model) : DelayOf(node, run, model);
    }

    private static Replacement? TimeOf(ExpressionSyntax node, string run, SemanticModel model) => model.GetSymbolInfo(node).Symbol?.ToDisplayString() switch
    {
        "System.DateTimeOffset.UtcNow" or "System.DateTimeOffset.Now" => new Replacement(node, Parse($"{run}.UtcNow")),
        "System.DateTime.UtcNow" or "System.DateTime.Now" => new Replacement(node, Parse($"{run}.UtcNow.UtcDateTime")),
        _ => null,
    };

    private static Replacement? DelayOf(ExpressionSyntax node, string run, SemanticModel model)
    {
        if (node is not InvocationExpressionSyntax call || model.GetSymbolInfo(node).Symbol is not IMethodSymbol { Name: "Delay" or "Sleep" } method)
            return null;
        SeparatedSyntaxList<ArgumentSyntax> arguments = call.ArgumentList.Arguments;
        string time = arguments[0].Expression.ToString();
        if (method.Parameters[0].Type.SpecialType == SpecialType.System_Int32)
            time = $"System.TimeSpan.FromMilliseconds({time})";
        string? token = arguments.Count < method.Parameters.Length ? null
            : method.Parameters.Length > 1 && method.Parameters[method.Parameters.Length - 1].Type.Name == "CancellationToken" ? arguments.Last().Expression.ToString()
            : null;
        string delay = $"{run}.DelayAsync({time}{(token is null ? "" : $", {token}")})";
        return method.Name == "Delay" ? new Replacement(node, Parse(delay))
            : IsInAsyncCode(node) ? new Replacement(node, Parse($"await {delay}"))
            : null;
    }

    /// <summary><c>await source.CancelAsync()</c> becomes <c>source.Cancel()</c>.</summary>
    private static Replacement? CancelOf(ExpressionSyntax node) => Callee(node) is { } callee && node.Parent is AwaitExpressionSyntax awaited
        ? new Replacement(awaited, Parse($"{callee.Expression}.Cancel()"))
        : null;

    private static Replacement? AwaitOf(ExpressionSyntax node)
    {
        if (!IsInAsyncCode(node))
            return null;
        ExpressionSyntax? task = node switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.Text: "Result" } result => result.Expression,
            InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Wait" } wait } => wait.Expression,
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetResult" } get }
                when Callee(get.Expression) is { Name.Identifier.Text: "GetAwaiter" } awaiter => awaiter.Expression,
            _ => null,
        };
        if (task is null)
            return null;
        ExpressionSyntax awaiting = Parse($"await {task}");
        return new Replacement(node, node.Parent is MemberAccessExpressionSyntax or ElementAccessExpressionSyntax ? SyntaxFactory.ParenthesizedExpression(awaiting) : awaiting);
    }

    private static MemberAccessExpressionSyntax? Callee(ExpressionSyntax node) =>
        (node as InvocationExpressionSyntax)?.Expression as MemberAccessExpressionSyntax;

    private static ExpressionSyntax Parse(string text) => SyntaxFactory.ParseExpression(text);

    /// <summary>Whether the code can await.</summary>
    private static bool IsInAsyncCode(SyntaxNode node)
    {
        foreach (SyntaxNode ancestor in node.Ancestors())
        {
            switch (ancestor)
            {
                case AnonymousFunctionExpressionSyntax function:
                    return function.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword);
                case LocalFunctionStatementSyntax function:
                    return function.Modifiers.Any(SyntaxKind.AsyncKeyword);
                case MethodDeclarationSyntax method:
                    return method.Modifiers.Any(SyntaxKind.AsyncKeyword);
            }
        }

        return false;
    }

    /// <summary>The name of the run that the code can see.</summary>
    private static string? RunOf(SyntaxNode node, SemanticModel model) => model.LookupSymbols(node.SpanStart)
        .FirstOrDefault(static symbol => TypeOf(symbol)?.ToDisplayString() == "Preempt.RunContext")?.Name;

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        IParameterSymbol parameter => parameter.Type,
        ILocalSymbol local => local.Type,
        IFieldSymbol field => field.Type,
        _ => null,
    };
}
