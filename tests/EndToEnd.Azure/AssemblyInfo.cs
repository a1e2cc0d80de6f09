using Preempt.EndToEnd.Hosting;
using Xunit.Sdk;
using Xunit.v3;

// A host, a worker and Azurite are busy with each test: more at once would only wait for one another.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 3)]
[assembly: AssemblyFixture(typeof(AppUnderTest))]
