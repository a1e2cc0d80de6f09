using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Preempt.Embedded.Hosting;

/// <summary>Finds the functions of an app: the public methods that have a <see cref="FunctionAttribute"/>.</summary>
internal static partial class FunctionCatalog
{
    private const BindingFlags AnyMethod =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>
    /// The entry assembly, and those of the app's other assemblies that define functions. That an assembly is part of the app is enough:
    /// an app need not use a type of it, and the compiler then writes down no reference.
    /// </summary>
    public static IReadOnlyCollection<Assembly> AppAssemblies(Assembly entry)
    {
        HashSet<Assembly> found = [entry];
        foreach (string file in AppFiles().Where(DefinesFunctions))
            found.Add(Assembly.Load(new AssemblyName(Path.GetFileNameWithoutExtension(file))));
        return found;
    }

    /// <summary>The functions that assemblies define.</summary>
    /// <exception cref="InvalidOperationException">A function cannot be run, or two have one name.</exception>
    public static IReadOnlyList<FunctionDescriptor> Discover(IEnumerable<Assembly> assemblies) =>
        Discover(assemblies.SelectMany(assembly => assembly.GetTypes()));

    /// <summary>The functions that types define.</summary>
    /// <exception cref="InvalidOperationException">A function cannot be run, or two have one name.</exception>
    public static IReadOnlyList<FunctionDescriptor> Discover(IEnumerable<Type> types)
    {
        List<FunctionDescriptor> functions = [];
        List<string> problems = [];
        foreach (MethodInfo method in types.SelectMany(type => type.GetMethods(AnyMethod)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { } attribute) continue;
            try
            {
                functions.Add(Describe(attribute.Name, method));
            }
            catch (NotSupportedException problem)
            {
                problems.Add($"function '{attribute.Name}' ({method.DeclaringType}.{method.Name}): {problem.Message}");
            }
        }

        problems.AddRange(SharedNames(functions, function => function.Name));
        foreach (TriggerKind kind in new[] { TriggerKind.Orchestration, TriggerKind.Activity, TriggerKind.Entity })
        {
            problems.AddRange(SharedNames(
                functions.Where(function => function.Kind == kind && function.DurableName != function.Name),
                function => function.DurableName));
        }

        problems.AddRange(SharedRoutes([.. functions.Where(function => function.Kind == TriggerKind.Http)]));
        return problems.Count == 0
            ? functions
            : throw new InvalidOperationException("The function app cannot start: " + string.Join("; ", problems) + ".");
    }

    private static FunctionDescriptor Describe(string name, MethodInfo method)
    {
        CheckMethod(name, method);
        ParameterInfo[] parameters = method.GetParameters();
        TriggerBindingAttribute[] triggers =
            [.. parameters.SelectMany(parameter => parameter.GetCustomAttributes<TriggerBindingAttribute>())];
        if (triggers is not [TriggerBindingAttribute trigger])
            throw new NotSupportedException($"it has {(triggers.Length == 0 ? "no trigger" : "several triggers")}, and must have one");

        TriggerKind kind = KindOf(trigger);
        HttpRoute? route = trigger is HttpTriggerAttribute http ? HttpRoute.Of(name, http) : null;
        if (route is not null) CheckHttp(method);
        FunctionArgument[] arguments = [.. parameters.Select(parameter => FunctionArgument.For(parameter, kind, trigger))];
        if (arguments.Count(argument => argument.Source is ArgumentSource.Body or ArgumentSource.OrchestrationInput) > 1)
            throw new NotSupportedException("several parameters would take the whole input; one can");
        return new(name, method, kind, trigger, arguments) { Route = route };
    }

    private static TriggerKind KindOf(TriggerBindingAttribute trigger) => trigger switch
    {
        HttpTriggerAttribute => TriggerKind.Http,
        OrchestrationTriggerAttribute => TriggerKind.Orchestration,
        ActivityTriggerAttribute => TriggerKind.Activity,
        EntityTriggerAttribute => TriggerKind.Entity,
        QueueTriggerAttribute => TriggerKind.Queue,
        TimerTriggerAttribute => TriggerKind.Timer,
        _ => throw new NotSupportedException($"its trigger, {trigger.GetType().Name}, is unknown here"),
    };

    private static void CheckMethod(string name, MethodInfo method)
    {
        if (!ValidName().IsMatch(name))
            throw new NotSupportedException("a function's name is a letter, then at most 127 letters, digits, '-' or '_'");
        if (!method.IsPublic || !method.DeclaringType!.IsVisible)
            throw new NotSupportedException("a function is a public method of a public class");
        if (method.IsGenericMethodDefinition || method.DeclaringType.ContainsGenericParameters)
            throw new NotSupportedException("a function cannot have type parameters");
        if (method.DeclaringType.IsAbstract && !method.IsStatic)
            throw new NotSupportedException("its class is abstract");
        if (method.ReturnType == typeof(void) && method.IsDefined(typeof(System.Runtime.CompilerServices.AsyncStateMachineAttribute)))
            throw new NotSupportedException("it is 'async void', and nothing could await it");
    }

    private static void CheckHttp(MethodInfo method)
    {
        Type result = ReturnedValue.ResultType(method.ReturnType);
        if (result.IsGenericType && result.GetGenericTypeDefinition() == typeof(ActionResult<>))
        {
            throw new NotSupportedException(
                "it returns an ActionResult<T>, which the isolated worker does not execute; return an IActionResult");
        }
    }

    private static IEnumerable<string> SharedNames(IEnumerable<FunctionDescriptor> functions, Func<FunctionDescriptor, string> name) =>
        functions
            .GroupBy(name, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .Select(group => $"the name '{group.Key}' is used by {string.Join(" and by ", group.Select(function => function.EntryPoint))}");

    private static IEnumerable<string> SharedRoutes(IReadOnlyList<FunctionDescriptor> functions) =>
        from i in Enumerable.Range(0, functions.Count)
        from other in functions.Skip(i + 1)
        let method = functions[i].Route!.MethodSharedWith(other.Route!)
        where method is not null
        select $"{method} of the route '{functions[i].Route!.Template}' is served by {functions[i]} and by {other}";

    /// <summary>The assemblies that were built or published with the app; those of the shared frameworks lie elsewhere.</summary>
    private static IEnumerable<string> AppFiles() => ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Where(file => string.Equals(
            Path.GetDirectoryName(file), Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory), StringComparison.Ordinal))
        .Where(file => !Path.GetFileName(file).StartsWith("Microsoft.", StringComparison.Ordinal)
            && !Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal));

    /// <summary>Whether a method in the file has a <see cref="FunctionAttribute"/>. The file is read, and not loaded.</summary>
    private static bool DefinesFunctions(string file)
    {
        using PEReader reader = new(File.OpenRead(file));
        if (!reader.HasMetadata) return false;
        MetadataReader metadata = reader.GetMetadataReader();
        return metadata.CustomAttributes
            .Select(metadata.GetCustomAttribute)
            .Any(attribute => attribute.Parent.Kind == HandleKind.MethodDefinition && IsFunctionAttribute(metadata, attribute.Constructor));
    }

    private static bool IsFunctionAttribute(MetadataReader metadata, EntityHandle constructor)
    {
        if (constructor.Kind != HandleKind.MemberReference) return false;
        EntityHandle parent = metadata.GetMemberReference((MemberReferenceHandle)constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference) return false;
        TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Name, nameof(FunctionAttribute))
            && metadata.StringComparer.Equals(type.Namespace, typeof(FunctionAttribute).Namespace!);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,127}$")]
    private static partial Regex ValidName();
}
