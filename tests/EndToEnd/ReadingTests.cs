using System.Diagnostics;
using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class ReadingTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Wait_returns_when_the_run_ends()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(1)));
        long start = Stopwatch.GetTimestamp();

        Answer answer = await Api.SendAsync(HttpMethod.Get, $"runs/{run.Id}?wait=60s");

        run = answer.Read<Run>(HttpStatusCode.OK);
        Assert.Equal("Succeeded", run.Status);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "The answer came long after the run's end.");
    }

    [Fact]
    public async Task Wait_returns_soon_after_others_can_see_the_end()
    {
        List<TimeSpan> late = [];
        for (int round = 0; round < 5; round++)
        {
            Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0.5)));
            Task<long> answered = FinishAsync(Api.SendAsync(HttpMethod.Get, $"runs/{run.Id}?wait=60s"));
            Task<long> seen = FinishAsync(Eventually.GetAsync(() => Api.GetAsync(run.Id), now => now.HasEnded));
            late.Add(Stopwatch.GetElapsedTime(await seen, await answered));
        }

        // One round says it: a busy machine can hold up any of them.
        Assert.True(late.Min() < TimeSpan.FromSeconds(1), $"The answers came {string.Join(", ", late)} later.");

        static async Task<long> FinishAsync(Task task)
        {
            await task;
            return Stopwatch.GetTimestamp();
        }
    }

    [Fact]
    public async Task Wait_returns_the_running_run_when_it_is_over()
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(Lab.VeryLong)));
        await Api.WaitForWorkAsync(run);
        long start = Stopwatch.GetTimestamp();

        Answer answer = await Api.SendAsync(HttpMethod.Get, $"runs/{run.Id}?wait=700ms");

        run = answer.Read<Run>(HttpStatusCode.OK);
        Assert.Equal("Running", run.Status);
        Assert.Null(run.EndedAt);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromMilliseconds(650), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("42")]
    [InlineData("-1s")]
    [InlineData("")]
    [InlineData("never")]
    public async Task Malformed_wait_is_refused(string wait)
    {
        Run run = await Api.StartAsync(Lab.Plain, new LabInput(Group, new LabStep(0)));

        Answer answer = await Api.SendAsync(HttpMethod.Get, $"runs/{run.Id}?wait={wait}");

        answer.ExpectProblem(HttpStatusCode.BadRequest, "wait");
    }

    [Theory]
    [InlineData("lab-plain:-:00000000-0000-7000-8000-000000000000")]
    [InlineData("no-such-run")]
    [InlineData("not%20an%20id")]
    [InlineData("@PreemptGate@lab-plain")]
    public async Task Unknown_run_is_not_found(string id)
    {
        Answer answer = await Api.SendAsync(HttpMethod.Get, $"runs/{id}");

        answer.ExpectProblem(HttpStatusCode.NotFound, Uri.UnescapeDataString(id));
    }

    [Fact]
    public async Task Gate_shows_its_holder_and_its_waiter()
    {
        Run holder = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(Lab.VeryLong) { IgnoreStop = true }));
        holder = await Api.WaitForWorkAsync(holder);
        Run waiter = await Api.StartAsync(Lab.CancelInProgress, new LabInput(Group, new LabStep(0)));

        Gate gate = await Eventually.GetAsync(() => Api.GateAsync(Lab.CancelInProgress, Group), gate => gate.Waiters.Count > 0);

        Assert.Equal((Lab.CancelInProgress, Group, 1, "CancelInProgress"), (gate.Workflow, gate.Key, gate.MaxRuns, gate.Strategy));
        Assert.Equal((holder.Id, holder.FencingTokens[0]), (Assert.Single(gate.Holders).RunId, gate.Holders[0].Token));
        Assert.Equal(waiter.Id, Assert.Single(gate.Waiters).RunId);
    }

    [Fact]
    public async Task Gate_that_no_run_has_entered_is_empty()
    {
        Gate gate = await Api.GateAsync(Lab.CancelInProgress3, Group);

        Assert.Equal((Lab.CancelInProgress3, Group, 3), (gate.Workflow, gate.Key, gate.MaxRuns));
        Assert.Empty(gate.Holders);
        Assert.Empty(gate.Waiters);
    }

    [Fact]
    public async Task Gates_of_a_workflow_are_listed_in_pages()
    {
        Run run = await Api.StartAsync(Lab.Immediate, new LabInput(Group, new LabStep(Lab.VeryLong)));
        await Api.WaitForWorkAsync(run);

        List<Gate> gates = [];
        string? cursor = "";
        while (cursor is not null)
        {
            string next = cursor.Length > 0 ? $"&cursor={Uri.EscapeDataString(cursor)}" : "";
            Page<Gate> page = (await Api.SendAsync(HttpMethod.Get, $"gates?workflow={Lab.Immediate}{next}")).Read<Page<Gate>>(HttpStatusCode.OK);
            gates.AddRange(page.Items);
            cursor = page.Cursor;
        }

        Assert.All(gates, gate => Assert.Equal(Lab.Immediate, gate.Workflow));
        Assert.Equal(run.Id, Assert.Single(gates.Single(gate => gate.Key == Group).Holders).RunId);
    }

    [Fact]
    public async Task Gates_need_a_workflow()
    {
        Answer answer = await Api.SendAsync(HttpMethod.Get, "gates");

        answer.ExpectProblem(HttpStatusCode.BadRequest, "workflow");
    }

    [Fact]
    public async Task Gates_of_an_unknown_workflow_are_not_found()
    {
        Answer answer = await Api.SendAsync(HttpMethod.Get, "gates?workflow=no-such-workflow");

        answer.ExpectProblem(HttpStatusCode.NotFound, "no-such-workflow");
    }

    [Theory]
    [InlineData("cursor=no-cursor", "cursor")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=many", "limit")]
    public async Task Malformed_paging_is_refused(string query, string mentioned)
    {
        Answer answer = await Api.SendAsync(HttpMethod.Get, $"gates?workflow={Lab.Immediate}&{query}");

        answer.ExpectProblem(HttpStatusCode.BadRequest, mentioned);
    }

    [Fact]
    public async Task Workflow_without_rules_has_no_gates()
    {
        Answer answer = await Api.SendAsync(HttpMethod.Get, $"gates?workflow={Lab.Plain}");

        answer.ExpectProblem(HttpStatusCode.BadRequest, Lab.Plain);
    }

    [Fact]
    public async Task Workflows_are_listed_with_their_rules()
    {
        Answer answer = await Api.SendAsync(HttpMethod.Get, "workflows");

        Dictionary<string, Workflow> workflows = answer.Read<Page<Workflow>>(HttpStatusCode.OK).Items.ToDictionary(workflow => workflow.Name);
        Assert.Equal(("{input.userId}", 1, "CancelInProgress", "AfterStop"), RuleOf("chat-reply"));
        Assert.Equal(("{input.group}", 1, "CancelInProgress", "AfterStop"), RuleOf(Lab.CancelInProgress));
        Assert.Equal(("{input.group}", 3, "CancelInProgress", "AfterStop"), RuleOf(Lab.CancelInProgress3));
        Assert.Equal(("{input.group}", 1, "CancelInProgress", "Immediate"), RuleOf(Lab.Immediate));
        Assert.Empty(workflows[Lab.Plain].Rules);

        (string, int, string, string) RuleOf(string name) => Assert.Single(workflows[name].Rules).AsTuple();
    }

    [Fact]
    public async Task Health_is_reported()
    {
        Answer answer = await Api.SendAsync(HttpMethod.Get, "health");

        answer.Expect(HttpStatusCode.OK);
    }

    private sealed record Workflow(string Name, string Version, IReadOnlyList<Rule> Rules);

    private sealed record Rule(string Key, int MaxRuns, string Strategy, string Handover)
    {
        public (string Key, int MaxRuns, string Strategy, string Handover) AsTuple() => (Key, MaxRuns, Strategy, Handover);
    }
}
