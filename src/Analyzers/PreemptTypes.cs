using Microsoft.CodeAnalysis;

namespace Preempt.Analyzers;

/// <summary>Preempt's types, as the compilation knows them.</summary>
internal sealed class PreemptTypes
{
    private readonly INamedTypeSymbol _workflow;
    private readonly INamedTypeSymbol _step;

    private PreemptTypes(INamedTypeSymbol workflow, INamedTypeSymbol step, INamedTypeSymbol runContext, INamedTypeSymbol stepContext, INamedTypeSymbol builder)
    {
        _workflow = workflow;
        _step = step;
        RunContext = runContext;
        StepContext = stepContext;
        Builder = builder;
    }

    public INamedTypeSymbol RunContext { get; }

    public INamedTypeSymbol StepContext { get; }

    public INamedTypeSymbol Builder { get; }

    /// <summary>Null where the compilation does not know Preempt.</summary>
    public static PreemptTypes? Find(Compilation compilation)
    {
        INamedTypeSymbol? workflow = compilation.GetTypeByMetadataName("Preempt.Workflow`2");
        INamedTypeSymbol? step = compilation.GetTypeByMetadataName("Preempt.Step`2");
        INamedTypeSymbol? runContext = compilation.GetTypeByMetadataName("Preempt.RunContext");
        INamedTypeSymbol? stepContext = compilation.GetTypeByMetadataName("Preempt.StepContext");
        INamedTypeSymbol? builder = compilation.GetTypeByMetadataName("Preempt.WorkflowBuilder");
        return workflow is null || step is null || runContext is null || stepContext is null || builder is null
            ? null
            : new PreemptTypes(workflow, step, runContext, stepContext, builder);
    }

    /// <summary>What the workflow takes; null where the type is no workflow.</summary>
    public ITypeSymbol? InputOfWorkflow(ITypeSymbol? type) => InputOf(type, _workflow);

    /// <summary>What the step takes; null where the type is no step.</summary>
    public ITypeSymbol? InputOfStep(ITypeSymbol? type) => InputOf(type, _step);

    private static ITypeSymbol? InputOf(ITypeSymbol? type, INamedTypeSymbol definition)
    {
        ITypeSymbol? current = type is ITypeParameterSymbol parameter ? parameter.ConstraintTypes.FirstOrDefault() : type;
        for (; current is not null; current = current.BaseType)
        {
            if (current is INamedTypeSymbol named && Same(named.OriginalDefinition, definition))
                return named.TypeArguments[0];
        }

        return null;
    }

    public static bool Same(ISymbol? one, ISymbol? other) => SymbolEqualityComparer.Default.Equals(one, other);
}
