using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;

namespace Preempt.Embedded.Hosting;

/// <summary>Where an HTTP function is served, below the prefix of all routes.</summary>
internal sealed class HttpRoute
{
    /// <summary>The platform keeps these for itself, whatever the prefix.</summary>
    private static readonly string[] Reserved = ["admin", "runtime"];

    private readonly HttpTriggerAttribute _trigger;

    private HttpRoute(string template, RoutePattern pattern, HttpTriggerAttribute trigger)
    {
        _trigger = trigger;
        Template = template;
        Shape = string.Join(
            '/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => ShapeOf(part, pattern)))));
    }

    /// <summary>The route as written, without a leading slash.</summary>
    public string Template { get; }

    /// <summary>The route without what does not tell it from another: the case of its text, and the names of its parameters.</summary>
    public string Shape { get; }

    /// <summary>The route of a function.</summary>
    /// <param name="functionName">The function's name, which is its route if it names none.</param>
    /// <param name="trigger">The function's trigger.</param>
    /// <exception cref="NotSupportedException">The route cannot be read, or the host keeps it for itself.</exception>
    public static HttpRoute Of(string functionName, HttpTriggerAttribute trigger)
    {
        string template = (trigger.Route ?? functionName).TrimStart('/');

        if (trigger.Route is not null && Reserved.Any(start => template.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
        {
            throw new NotSupportedException(
                $"its route '{trigger.Route}' begins with 'admin' or 'runtime', which the host keeps for itself");
        }

        try
        {
            return new(template, RoutePatternFactory.Parse(template), trigger);
        }
        catch (RoutePatternException exception)
        {
            throw new NotSupportedException($"its route '{trigger.Route}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A method that both routes take, on the same paths; null if there is none. A route without methods takes any.</summary>
    public string? MethodSharedWith(HttpRoute other)
    {
        if (Shape != other.Shape) return null;
        if (_trigger.Methods is not { Length: > 0 } mine) return other._trigger.Methods?.FirstOrDefault() ?? "any";
        if (other._trigger.Methods is not { Length: > 0 } theirs) return mine[0];
        return mine.FirstOrDefault(method => theirs.Contains(method, StringComparer.OrdinalIgnoreCase));
    }

    private static string ShapeOf(RoutePatternPart part, RoutePattern pattern) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content.ToLowerInvariant(),
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => $"{{{(parameter.IsCatchAll ? "*" : "")}{Constraints(parameter.Name, pattern)}}}",
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, null),
    };

    private static string Constraints(string parameter, RoutePattern pattern) =>
        pattern.ParameterPolicies.TryGetValue(parameter, out IReadOnlyList<RoutePatternParameterPolicyReference>? policies)
            ? string.Concat(policies.Select(policy => $":{policy.Content}"))
            : "";
}
