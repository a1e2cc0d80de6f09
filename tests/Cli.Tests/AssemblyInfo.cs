using Preempt.EndToEnd.Hosting;
using Xunit.Sdk;
using Xunit.v3;

// Each test starts processes: more at one time would only make them wait for each other.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 6)]
[assembly: AssemblyFixture(typeof(AppUnderTest))]
