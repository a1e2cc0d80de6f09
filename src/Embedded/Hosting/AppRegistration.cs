using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Preempt.Embedded.Hosting;

/// <summary>What an app adds to its builder, without running the app: its entry point is called, and goes as far as <see cref="FunctionApp.RunAsync"/>.</summary>
internal sealed class AppRegistration
{
    private static readonly AsyncLocal<AppRegistration?> Asked = new();
    private Action<IFunctionAppBuilder>? _configure;

    private AppRegistration()
    {
    }

    /// <summary>Finds what the app adds.</summary>
    /// <param name="app">The app's assembly.</param>
    /// <returns>Adds it to a builder, as often as it is called.</returns>
    /// <exception cref="InvalidOperationException">The assembly is no app that begins with <see cref="FunctionApp.RunAsync"/>.</exception>
    public static Action<IFunctionAppBuilder> Of(Assembly app)
    {
        MethodInfo entry = app.EntryPoint
            ?? throw new InvalidOperationException($"Assembly '{app.GetName().Name}' is no app: it has no entry point.");
        AppRegistration registration = new();
        Asked.Value = registration;
        try
        {
            entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }
        finally
        {
            Asked.Value = null;
        }

        return registration._configure
            ?? throw new InvalidOperationException($"The entry point of '{app.GetName().Name}' has ended without a call of FunctionApp.RunAsync.");
    }

    /// <summary>Takes what an app adds where only that is asked for: then the app does not run.</summary>
    public static bool TryTake(Action<IFunctionAppBuilder>? configure)
    {
        if (Asked.Value is not { } registration)
            return false;
        registration._configure = configure ?? (static _ => { });
        return true;
    }
}
