namespace Preempt.Functions.Workflows;

/// <summary>The workflows of this app.</summary>
internal static class AppWorkflows
{
    public static void Add(PreemptBuilder preempt) => preempt
        .AddWorkflow<ChatReply>()
        .AddWorkflow<ReportBuild>()
        .AddWorkflow<ImportFile>()
        .AddWorkflow<RenderVideo>()
        .AddWorkflow<NightlyBatch>()
        .AddWorkflow<LabCancelInProgress>()
        .AddWorkflow<LabCancelInProgress3>()
        .AddWorkflow<LabImmediate>()
        .AddWorkflow<LabCancelNewest>()
        .AddWorkflow<LabQueue>()
        .AddWorkflow<LabRoundRobin>()
        .AddWorkflow<LabMulti>()
        .AddWorkflow<LabStepGate>()
        .AddWorkflow<LabChildren>()
        .AddWorkflow<LabPlain>();
}
