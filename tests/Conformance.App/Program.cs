using Preempt.Embedded;

await FunctionApp.RunAsync(args);
