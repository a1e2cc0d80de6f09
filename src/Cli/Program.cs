using Preempt.Cli;

return await CommandLine.RunAsync(args);
