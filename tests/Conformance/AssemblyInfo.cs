using Preempt.Conformance.Engines;
using Xunit.Sdk;
using Xunit.v3;

// Tests mostly wait. A host, a worker and Azurite are busy with each: more at once would only wait for one another.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 6)]
[assembly: AssemblyFixture(typeof(EnginesUnderTest))]
