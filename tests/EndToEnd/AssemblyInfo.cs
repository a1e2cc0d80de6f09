using Preempt.EndToEnd.Hosting;
using Xunit.Sdk;
using Xunit.v3;

// Tests mostly wait for the app, and each has keys of its own: all of them run side by side.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 32)]
[assembly: AssemblyFixture(typeof(AppUnderTest))]
