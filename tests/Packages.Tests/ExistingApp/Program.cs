using ExistingApp;
using Microsoft.Extensions.DependencyInjection;
using Preempt;
using Preempt.Embedded;

await FunctionApp.RunAsync(args, app => app.Services.AddSingleton<Greeter>().AddPreempt(app.Configuration));
