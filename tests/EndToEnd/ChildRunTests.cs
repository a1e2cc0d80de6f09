using System.Net;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

public sealed class ChildRunTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task Children_run_side_by_side_and_their_outputs_are_the_parents()
    {
        LabInput child = new(Group, new LabStep(0.3) { Output = "from a child" });
        Run parent = await Api.StartAsync(Lab.Children, new LabInput(Group, new LabStep(0) { Output = "own" }) { Children = new[] { child, child } });

        parent = await Api.WaitAsync(parent);

        Assert.Equal("Succeeded", parent.Status);
        Assert.Equal(3, parent.Output?.GetArrayLength());
        Assert.Equal("from a child", parent.Output?[0][0].GetString());
        Assert.Equal("own", parent.Output?[2].GetString());
    }

    [Fact]
    public async Task Cancelled_parent_takes_its_children_along()
    {
        Run parent = await Api.StartAsync(Lab.Children, new LabInput(Group, new LabStep(Lab.VeryLong)) { Children = 3 });
        await Eventually.GetAsync(() => Api.GetAsync(parent.Id), run => run.Status == "Running");

        await Api.CancelAsync(parent);
        parent = await Api.WaitAsync(parent);

        Assert.Equal(("Cancelled", "Requested", false), (parent.Status, parent.Stop?.Reason, parent.Stop?.Forced));
    }

    [Fact]
    public async Task Child_with_children_of_its_own_is_refused()
    {
        LabInput child = new(Group, new LabStep(0)) { Children = 1 };
        Answer answer = await Api.PostAsync($"workflows/{Lab.Children}/runs", new { input = new LabInput(Group, new LabStep(0)) { Children = new[] { child } } });

        answer.ExpectProblem(HttpStatusCode.BadRequest, "children");
    }
}
