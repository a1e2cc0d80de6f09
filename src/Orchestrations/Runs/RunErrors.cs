namespace Preempt;

/// <summary>Exceptions as data.</summary>
internal static class RunErrors
{
    private const int MaxMessageLength = 2000;

    public static RunError From(Exception exception) => exception is StepFailedException { Error: { } error } failed
        ? error with { Step = failed.Step }
        : new(exception.GetType().FullName!, Excerpt.Shorten(exception.Message, MaxMessageLength));
}
