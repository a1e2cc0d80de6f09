using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Preempt.Analyzers;

/// <summary>Which rule an operation in a workflow's code breaks.</summary>
internal static class WorkflowRules
{
    private const string Tasks = "System.Threading.Tasks";

    /// <summary>Classes all of whose members read or change the world outside.</summary>
    private static readonly HashSet<string> OutsideTypes =
    [
        "System.IO.Directory",
        "System.IO.DirectoryInfo",
        "System.IO.DriveInfo",
        "System.IO.File",
        "System.IO.FileInfo",
        "System.IO.FileStream",
        "System.IO.FileSystemInfo",
        "System.IO.FileSystemWatcher",
        "System.IO.RandomAccess",
        "System.Net.Dns",
        "System.Net.HttpWebRequest",
        "System.Net.WebClient",
        "System.Net.WebRequest",
        "System.Diagnostics.Process",
        "System.Net.Http.HttpClient",
        "System.Net.Http.HttpMessageInvoker",
        "System.Net.Http.IHttpClientFactory",
        "System.Net.Http.Json.HttpClientJsonExtensions",
    ];

    /// <summary>Namespaces all of whose classes do.</summary>
    private static readonly string[] OutsideNamespaces =
    [
        "Azure.Data", "Azure.Messaging", "Azure.Storage", "Microsoft.Azure.Cosmos", "Microsoft.Data", "Microsoft.EntityFrameworkCore", "System.Data",
        "System.IO.Pipes", "System.Net.Mail", "System.Net.NetworkInformation", "System.Net.Sockets", "System.Net.WebSockets",
    ];

    public static Finding? Find(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { ContainingType: { } type } method } call => Find(call, NameOf(type), method),
        IPropertyReferenceOperation { Property: { ContainingType: { } type } property } => Find(operation, NameOf(type), property),
        IFieldReferenceOperation { Field: { Name: "RunContinuationsAsynchronously" } field } => new Finding(Rules.OtherThread, operation, field.Name),
        IObjectCreationOperation { Type: { } type, Constructor: { } constructor } => Find(operation, NameOf(type), constructor),
        _ => null,
    };

    private static Finding? Find(IInvocationOperation call, string type, IMethodSymbol method)
    {
        string name = $"{method.ContainingType.Name}.{method.Name}";
        DiagnosticDescriptor? rule = (type, method.Name) switch
        {
            ("System.Diagnostics.Stopwatch", _) => Rules.Clock,
            ("System.TimeProvider", "GetUtcNow" or "GetLocalNow" or "GetTimestamp" or "GetElapsedTime") => Rules.Clock,
            ("System.TimeProvider", "CreateTimer") => Rules.Delay,
            ("System.Threading.CancellationTokenSource", "CancelAfter") => Rules.Delay,
            ("System.Guid", "NewGuid" or "CreateVersion7") => Rules.NewId,
            ("System.Random" or "System.Security.Cryptography.RandomNumberGenerator", _) => Rules.RandomNumber,
            ($"{Tasks}.Task", "Run") => Rules.OtherThread,
            ($"{Tasks}.TaskFactory" or $"{Tasks}.TaskFactory`1", "StartNew") => Rules.OtherThread,
            ($"{Tasks}.Parallel" or "System.Threading.ThreadPool", _) => Rules.OtherThread,
            ("System.Threading.Thread", "Start") => Rules.OtherThread,
            ($"{Tasks}.Task" or $"{Tasks}.Task`1", "ContinueWith") => Rules.OtherThread,
            ($"{Tasks}.Task", "Delay") => Rules.Delay,
            ("System.Threading.Thread", "Sleep" or "SpinWait") => Rules.Delay,
            ("System.Threading.CancellationTokenSource", "CancelAsync") => Rules.CancelAsync,
            (_, "ConfigureAwait") when LeavesThread(call) => Rules.ConfigureAwait,
            ($"{Tasks}.Task" or $"{Tasks}.Task`1", "Wait" or "WaitAll" or "WaitAny") => Rules.Blocking,
            ("System.Threading.SemaphoreSlim" or "System.Threading.ManualResetEventSlim" or "System.Threading.CountdownEvent", "Wait") => Rules.Blocking,
            ("System.Threading.WaitHandle", "WaitOne" or "WaitAll" or "WaitAny") => Rules.Blocking,
            (_, "GetResult") when IsAwaiter(method.ContainingType) => Rules.Blocking,
            ("System.Environment", "GetEnvironmentVariable" or "GetEnvironmentVariables") => Rules.InputOutput,
            ("System.Console", _) => Rules.InputOutput,
            _ => IsOutside(method.ContainingType) ? Rules.InputOutput : null,
        };
        return rule is null ? null : new Finding(rule, call, rule == Rules.Blocking && method.Name == "GetResult" ? "GetAwaiter().GetResult()" : name);
    }

    private static Finding? Find(IOperation operation, string type, IPropertySymbol property)
    {
        DiagnosticDescriptor? rule = (type, property.Name) switch
        {
            ("System.DateTime", "Now" or "UtcNow" or "Today") => Rules.Clock,
            ("System.DateTimeOffset", "Now" or "UtcNow") => Rules.Clock,
            ("System.Environment", "TickCount" or "TickCount64") => Rules.Clock,
            ("System.TimeProvider", "System") => Rules.Clock,
            ("System.Diagnostics.Stopwatch", _) => Rules.Clock,
            ("System.Random", "Shared") => Rules.RandomNumber,
            ($"{Tasks}.Task`1" or $"{Tasks}.ValueTask`1", "Result") => Rules.Blocking,
            _ => property.IsStatic && IsOutside(property.ContainingType) ? Rules.InputOutput : null,
        };
        return rule is null ? null : new Finding(rule, operation, $"{property.ContainingType.Name}.{property.Name}");
    }

    private static Finding? Find(IOperation operation, string type, IMethodSymbol constructor)
    {
        DiagnosticDescriptor? rule = type switch
        {
            "System.Random" => Rules.RandomNumber,
            "System.Diagnostics.Stopwatch" => Rules.Clock,
            "System.Threading.Thread" => Rules.OtherThread,
            "System.Threading.Timer" or "System.Timers.Timer" or "System.Threading.PeriodicTimer" => Rules.Delay,
            "System.Threading.CancellationTokenSource" when constructor.Parameters.Length > 0 => Rules.Delay,
            _ => IsOutside(constructor.ContainingType) ? Rules.InputOutput : null,
        };
        return rule is null ? null : new Finding(rule, operation, $"new {constructor.ContainingType.Name}");
    }

    /// <summary>Whether the code after the await may run anywhere.</summary>
    private static bool LeavesThread(IInvocationOperation call)
    {
        IArgumentOperation? argument = call.Arguments.LastOrDefault();
        return argument?.Value.ConstantValue switch
        {
            { HasValue: true, Value: bool stays } => !stays,
            // ConfigureAwaitOptions.ContinueOnCapturedContext is 1.
            { HasValue: true, Value: int options } => (options & 1) == 0,
            _ => argument?.Value.Type?.SpecialType == SpecialType.System_Boolean,
        };
    }

    private static bool IsAwaiter(INamedTypeSymbol type) =>
        type.AllInterfaces.Any(static each => NameOf(each) is "System.Runtime.CompilerServices.INotifyCompletion");

    private static bool IsOutside(INamedTypeSymbol? type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (OutsideTypes.Contains(NameOf(current)))
                return true;
        }

        string space = type?.ContainingNamespace?.ToDisplayString() ?? "";
        return OutsideNamespaces.Any(each => space == each || space.StartsWith($"{each}.", StringComparison.Ordinal));
    }

    /// <summary>Namespace and name, with the number of type parameters.</summary>
    private static string NameOf(ITypeSymbol type) => $"{type.ContainingNamespace?.ToDisplayString()}.{type.MetadataName}";
}
