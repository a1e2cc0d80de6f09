using Preempt.Tests.Shared;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
