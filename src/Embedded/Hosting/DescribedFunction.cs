using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Preempt.Embedded.Hosting;

/// <summary>A function as its own code and middleware see it.</summary>
internal sealed class DescribedFunction : FunctionDefinition
{
    private readonly FunctionDescriptor _function;

    public DescribedFunction(FunctionDescriptor function)
    {
        _function = function;
        Parameters = [.. function.Method.GetParameters().Select(parameter =>
            new FunctionParameter(parameter.Name!, parameter.ParameterType, parameter.HasDefaultValue, parameter.DefaultValue))];
        InputBindings = function.Method.GetParameters()
            .SelectMany(parameter => parameter.GetCustomAttributes(typeof(BindingAttribute), inherit: true)
                .Select(attribute => new Binding(parameter.Name!, TypeOf(attribute))))
            .ToImmutableDictionary(binding => binding.Name, binding => (BindingMetadata)binding);
    }

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    public override string PathToAssembly => _function.Method.Module.FullyQualifiedName;

    public override string EntryPoint => _function.EntryPoint;

    public override string Id => _function.Name;

    public override string Name => _function.Name;

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; } =
        ImmutableDictionary<string, BindingMetadata>.Empty;

    /// <summary><c>HttpTriggerAttribute</c> is an <c>httpTrigger</c>.</summary>
    private static string TypeOf(object attribute)
    {
        string name = attribute.GetType().Name;
        return JsonNamingPolicy.CamelCase.ConvertName(name[..^nameof(Attribute).Length]);
    }

    private sealed class Binding(string name, string type) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => BindingDirection.In;
    }
}
