using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Preempt.Analyzers;

/// <summary>The code of a workflow's class, and what of it a run uses.</summary>
internal sealed class WorkflowCode(INamedTypeSymbol type)
{
    private readonly ConcurrentDictionary<ISymbol, Member> _members = new(SymbolEqualityComparer.Default);

    /// <summary>Takes in the code of a member.</summary>
    public void Add(ISymbol owner, ImmutableArray<IOperation> blocks)
    {
        if (owner is not IMethodSymbol || !PreemptTypes.Same(owner.ContainingType, type))
            return;
        Member member = new();
        foreach (IOperation operation in blocks.SelectMany(static block => block.DescendantsAndSelf()))
        {
            if (WorkflowRules.Find(operation) is { } finding)
                member.Findings.Add(finding);
            member.Uses.AddRange(UsesOf(operation));
        }

        _members[owner] = member;
    }

    /// <summary>What is forbidden, in the code that a run uses.</summary>
    public IEnumerable<Finding> Find()
    {
        HashSet<ISymbol> seen = new(SymbolEqualityComparer.Default);
        Stack<ISymbol> open = new(_members.Keys.Where(IsEntry));
        while (open.Count > 0)
        {
            ISymbol next = open.Pop();
            if (!seen.Add(next) || !_members.TryGetValue(next, out Member? member))
                continue;
            foreach (ISymbol used in member.Uses)
                open.Push(used);
            foreach (Finding finding in member.Findings)
                yield return finding;
        }
    }

    /// <summary>Overrides <c>Workflow.RunAsync</c>, or what overrides it.</summary>
    private static bool IsEntry(ISymbol member) => member is IMethodSymbol { Name: "RunAsync", IsOverride: true };

    private static IEnumerable<ISymbol> UsesOf(IOperation operation) => operation switch
    {
        IInvocationOperation call => [call.TargetMethod.OriginalDefinition],
        IMethodReferenceOperation reference => [reference.Method.OriginalDefinition],
        IPropertyReferenceOperation { Property: { } property } => new ISymbol?[] { property.GetMethod, property.SetMethod }.OfType<ISymbol>(),
        _ => [],
    };

    private sealed class Member
    {
        public List<Finding> Findings { get; } = [];

        public List<ISymbol> Uses { get; } = [];
    }
}
