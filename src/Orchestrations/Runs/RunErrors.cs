namespace Preempt;

/// <summary>Exceptions as data.</summary>
internal static class RunErrors
{
    private const int MaxMessageLength = 2000;

    public static RunError From(Exception exception) => exception is StepFailedException { Error: { } error } failed
        ? error with { Step = failed.Step }
        : From(exception.GetType().FullName!, exception.Message);

    public static RunError From(string type, string message) => new(type, Excerpt.Shorten(message, MaxMessageLength));
}
