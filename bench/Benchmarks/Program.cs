using BenchmarkDotNet.Running;
using Preempt.Benchmarks;

// usage: dotnet run -c Release --project bench/Benchmarks -- --filter '*' [--exporters json]
BenchmarkSwitcher.FromAssembly(typeof(EngineBenchmarks).Assembly).Run(args);
