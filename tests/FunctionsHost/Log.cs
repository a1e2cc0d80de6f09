namespace Preempt.FunctionsHost;

/// <summary>What the host writes down.</summary>
internal static partial class Log
{
    [LoggerMessage(Message = "{Text}{Failure}", SkipEnabledCheck = false)]
    public static partial void WorkerSaid(this ILogger logger, LogLevel level, string text, string failure);

    [LoggerMessage(LogLevel.Information, "{Line}")]
    public static partial void WorkerPrinted(this ILogger logger, string line);

    [LoggerMessage(LogLevel.Information, "Worker process {ProcessId} started")]
    public static partial void WorkerStarted(this ILogger logger, int processId);

    [LoggerMessage(LogLevel.Information, "Worker process {ProcessId} ready with {Functions} functions")]
    public static partial void WorkerReady(this ILogger logger, int processId, int functions);

    [LoggerMessage(LogLevel.Error, "Worker process {ProcessId} ended with code {ExitCode}; another is started")]
    public static partial void WorkerDied(this ILogger logger, int processId, int exitCode);

    [LoggerMessage(LogLevel.Error, "A worker could not be started")]
    public static partial void WorkerNotStarted(this ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "Stopping: running invocations are cancelled")]
    public static partial void Stopping(this ILogger logger);

    [LoggerMessage(LogLevel.Error, "{Function} failed")]
    public static partial void HttpFunctionFailed(this ILogger logger, Exception exception, string function);
}
