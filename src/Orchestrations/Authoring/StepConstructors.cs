using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Preempt;

/// <summary>Finds out at the start whether dependency injection can make an app's steps.</summary>
internal static class StepConstructors
{
    /// <summary>Checks the steps against the services of the app.</summary>
    /// <param name="steps">The steps' classes.</param>
    /// <param name="services">The app's services; those that services themselves ask for are not looked at.</param>
    /// <exception cref="InvalidOperationException">Some cannot be made; all are named, with what they lack.</exception>
    public static void Check(IEnumerable<Type> steps, IServiceProvider services)
    {
        if (services.GetService<IServiceProviderIsService>() is not { } known)
            return;
        SetupMistakes.ThrowIfAny([.. steps.Select(step => FindMistake(step, known)).OfType<string>()]);
    }

    private static string? FindMistake(Type step, IServiceProviderIsService services)
    {
        if (services.IsService(step))
            return null;
        ConstructorInfo[] constructors = step.GetConstructors();
        if (constructors.Length == 0)
            return $"step class '{step}' has no public constructor";
        ConstructorInfo[] candidates = Array.FindAll(constructors, constructor => constructor.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute)));
        ParameterInfo[][] missing =
        [
            .. (candidates.Length == 0 ? constructors : candidates)
                .Select(constructor => Array.FindAll(constructor.GetParameters(), parameter => !IsAvailable(parameter, services)))
                .OrderBy(parameters => parameters.Length),
        ];
        return missing[0] is []
            ? null
            : $"step class '{step}' cannot be created: its constructor needs {Describe(missing[0])}, which the app's services do not have";
    }

    private static bool IsAvailable(ParameterInfo parameter, IServiceProviderIsService services) =>
        parameter.HasDefaultValue
        || (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
            ? services is IServiceProviderIsKeyedService keyedServices && keyedServices.IsKeyedService(parameter.ParameterType, keyed.Key)
            : services.IsService(parameter.ParameterType));

    private static string Describe(ParameterInfo[] parameters) => string.Join(" and ", parameters.Select(parameter => $"a '{parameter.ParameterType}'"));
}
