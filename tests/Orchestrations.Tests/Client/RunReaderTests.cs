using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Tests.Client;

public sealed class RunReaderTests
{
    [Theory]
    [InlineData("System.InvalidOperationException: no: never", "System.InvalidOperationException", "no: never")]
    [InlineData("something went wrong", "System.Exception", "something went wrong")]
    [InlineData("it said: no", "System.Exception", "it said: no")]
    public void A_failure_that_the_engine_tells_as_the_output_is_read_from_it(string output, string type, string message)
    {
        OrchestrationMetadata instance = new("name", "id") { RuntimeStatus = OrchestrationRuntimeStatus.Failed, SerializedOutput = output };
        RunOutcome outcome = RunReader.ReadOutcome(instance);
        Assert.Equal((RunStatus.Failed, new RunError(type, message)), (outcome.Record.Status, outcome.Error));
    }

    [Fact]
    public void A_failure_that_the_engine_tells_in_detail_is_read_from_that()
    {
        OrchestrationMetadata instance = new("name", "id")
        {
            RuntimeStatus = OrchestrationRuntimeStatus.Failed,
            FailureDetails = new TaskFailureDetails("A.Type", "a message", null, null, null),
        };
        Assert.Equal(new RunError("A.Type", "a message"), RunReader.ReadOutcome(instance).Error);
    }
}
