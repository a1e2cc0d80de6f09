using Preempt.EndToEnd.Hosting;
using Xunit.Sdk;
using Xunit.v3;

[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 16)]
[assembly: AssemblyFixture(typeof(AppUnderTest))]
