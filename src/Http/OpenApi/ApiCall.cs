using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;

namespace Preempt.Http.OpenApi;

/// <summary>An HTTP function, as its attributes have it.</summary>
internal sealed partial record ApiCall(string Id, string Method, string Path, AuthorizationLevel Level, ApiCallAttribute About, ApiQueryAttribute[] Query)
{
    /// <summary>Functions of this package stand in an app beside those of the library and the app's own.</summary>
    private const string FunctionPrefix = "PreemptHttp";

    /// <summary>The names of the parameters in the path.</summary>
    public IEnumerable<string> PathParameters => Parameter().Matches(Path).Select(match => match.Groups[1].Value);

    /// <summary>The statuses of the problems that it can answer with: its own, and those of every call like it.</summary>
    public IEnumerable<int> Problems =>
    [
        .. About.Problems.Union([500, 503]),
        .. Method == "get" ? Array.Empty<int>() : [403],
        .. About.Body is null ? Array.Empty<int>() : [415],
    ];

    /// <summary>Every HTTP function of this package, in the order of their paths. Its id is the function's name without its prefix.</summary>
    /// <exception cref="InvalidOperationException">One has no description.</exception>
    public static IReadOnlyList<ApiCall> All { get; } =
    [
        .. typeof(ApiCall).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(Of)
            .OrderBy(call => call.Path, StringComparer.Ordinal).ThenBy(call => call.Method, StringComparer.Ordinal),
    ];

    private static IEnumerable<ApiCall> Of(MethodInfo method)
    {
        HttpTriggerAttribute? trigger = method.GetParameters().Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(found => found is not null);
        if (method.GetCustomAttribute<FunctionAttribute>() is not { } function || trigger is null)
            return [];
        ApiCallAttribute about = method.GetCustomAttribute<ApiCallAttribute>()
            ?? throw new InvalidOperationException($"The HTTP function {function.Name} has no description: give it an [ApiCall].");
        return trigger.Methods!.Select(verb => new ApiCall(
            function.Name[FunctionPrefix.Length..], verb, $"/{trigger.Route}", trigger.AuthLevel, about, [.. method.GetCustomAttributes<ApiQueryAttribute>()]));
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();
}
