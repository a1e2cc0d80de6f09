using Preempt;
using Preempt.Embedded;

await FunctionApp.RunAsync(args, app => app.Services.AddPreempt(app.Configuration));
