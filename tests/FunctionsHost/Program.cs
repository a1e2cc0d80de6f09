using Preempt.FunctionsHost;

// The extension asks the process's environment in which language the worker is written, and takes a container's name for a plan of Azure.
Environment.SetEnvironmentVariable("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated");
Environment.SetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT", "Development");
Environment.SetEnvironmentVariable("CONTAINER_NAME", null);

try
{
    CommandLine options = CommandLine.Read(args);
    await using RunningHost host = await RunningHost.StartAsync(FunctionApp.Read(options.App), options.Urls);
    // The same words as those of ASP.NET Core, by which a test knows that an app listens.
    Console.WriteLine($"Now listening on: {host.Address}");
    await host.WaitForStopSignalAsync();
    return 0;
}
catch (Exception exception) when (exception is ArgumentException or FileNotFoundException or InvalidOperationException or NotSupportedException)
{
    await Console.Error.WriteLineAsync($"The host cannot start: {exception.Message}");
    return 1;
}
