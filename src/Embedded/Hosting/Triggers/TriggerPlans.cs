namespace Preempt.Embedded.Hosting.Triggers;

/// <summary>Reads what triggers need from settings, before the app starts.</summary>
internal static class TriggerPlans
{
    /// <summary>The plans of all functions of one kind.</summary>
    /// <exception cref="InvalidOperationException">Some cannot be read; the message names each.</exception>
    public static IReadOnlyList<TPlan> Read<TPlan>(
        IEnumerable<FunctionDescriptor> functions, TriggerKind kind, Func<FunctionDescriptor, TPlan> read)
    {
        List<TPlan> plans = [];
        List<string> problems = [];
        foreach (FunctionDescriptor function in functions.Where(function => function.Kind == kind))
        {
            try
            {
                plans.Add(read(function));
            }
            catch (NotSupportedException problem)
            {
                problems.Add($"function '{function.Name}' ({function.EntryPoint}): {problem.Message}");
            }
        }

        return problems.Count == 0
            ? plans
            : throw new InvalidOperationException("The function app cannot start: " + string.Join("; ", problems) + ".");
    }
}
