using Preempt.Packages.Tests;

[assembly: AssemblyFixture(typeof(PackedPackages))]
