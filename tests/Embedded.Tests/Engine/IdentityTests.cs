using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Preempt.Embedded.Tests.Engine;

/// <summary>Instance ids, and finding instances.</summary>
public sealed class IdentityTests : IDisposable
{
    private static readonly DateTimeOffset NewYear = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly EngineApp _app = new();

    public void Dispose() => _app.Dispose();

    [Fact]
    public void Starting_an_id_that_runs_is_refused()
    {
        _app.Scripts.Main = static async context => await context.WaitForExternalEvent<string>("end");
        _app.Start("one");
        Assert.ThrowsAny<InvalidOperationException>(() => _app.Start("one"));

        _app.Settle();

        Assert.ThrowsAny<InvalidOperationException>(() => _app.Start("one"));
    }

    [Fact]
    public void Starting_an_ended_id_replaces_it_unless_deduplicated()
    {
        _app.Scripts.Main = static context => Task.FromResult<object?>(context.GetInput<int>());
        StartOrchestrationOptions one = new("one");
        Assert.Equal(1, _app.Output<int>(_app.Start(1, one)));

        Assert.Throws<InvalidOperationException>(
            () => _app.Start(2, one.WithDedupeStatuses(OrchestrationRuntimeStatus.Completed)));
        Assert.Equal(1, _app.Output<int>("one"));

        Assert.Equal(3, _app.Output<int>(_app.Start(3, one.WithDedupeStatuses(OrchestrationRuntimeStatus.Failed))));
        Assert.Equal(4, _app.Output<int>(_app.Start(4, one)));
    }

    [Fact]
    public void A_replaced_instance_leaves_nothing_behind()
    {
        _app.Scripts.Main = static context =>
        {
            context.SetCustomStatus("first");
            return Task.FromResult<object?>("first");
        };
        _app.End(_app.Start("one"));
        _app.Scripts.Main = static async context => await context.WaitForExternalEvent<string>("end");

        _app.Start("one", "second");

        OrchestrationMetadata pending = _app.Get("one");
        Assert.Equal(OrchestrationRuntimeStatus.Pending, pending.RuntimeStatus);
        Assert.Equal("second", pending.ReadInputAs<string>());
        Assert.Null(pending.SerializedOutput);
        Assert.Null(pending.SerializedCustomStatus);
    }

    [Theory]
    [InlineData("chat:user:1")]
    [InlineData("a-b_c.d~e")]
    [InlineData("x")]
    public void An_id_may_hold_these_characters(string id)
    {
        Assert.Equal(id, _app.Start(id));
        Assert.True(_app.End(id).IsCompleted);
    }

    [Theory]
    [InlineData("@counter@c")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    [InlineData(null)]
    public void An_id_may_not_be_this(string? id)
    {
        StartOrchestrationOptions options = new(id ?? new string('x', 101));

        Assert.Throws<ArgumentException>(() => _app.Start(options: options));
    }

    [Fact]
    public void An_id_that_was_not_given_is_made()
    {
        string[] ids = [_app.Start(), _app.Start(), _app.Start()];

        Assert.Equal(3, ids.Distinct().Count());
    }

    [Fact]
    public void An_instance_that_nobody_started_is_not_found()
    {
        Assert.Null(_app.Find("nobody"));
        Assert.Throws<InvalidOperationException>(() => _app.Ask(client => client.WaitForInstanceCompletionAsync("nobody")));
        Assert.Throws<InvalidOperationException>(() => _app.Ask(client => client.WaitForInstanceStartAsync("nobody")));
    }

    [Fact]
    public void Tags_are_returned_with_an_instance_and_are_not_part_of_listings()
    {
        Dictionary<string, string> tags = new() { ["user"] = "ann" };

        string id = _app.Start(options: new StartOrchestrationOptions() { Tags = tags });

        Assert.Equal(tags, _app.Get(id).Tags);
        Assert.Empty(Assert.Single(List()).Tags);
    }

    [Fact]
    public void A_query_finds_by_prefix()
    {
        foreach (string id in new[] { "b:1", "a:2", "a:10", "a", "ab", "A:1" })
            _app.Start(id);

        Assert.Equal(["a:10", "a:2"], Ids(new OrchestrationQuery { InstanceIdPrefix = "a:" }));
        Assert.Equal(["A:1", "a", "a:10", "a:2", "ab", "b:1"], Ids(new OrchestrationQuery()));
        Assert.Empty(Ids(new OrchestrationQuery { InstanceIdPrefix = "c" }));
        Assert.Equal(["b:1"], Ids(new OrchestrationQuery { InstanceIdPrefix = "b:1" }));
    }

    [Fact]
    public void A_query_finds_by_status_and_time_of_creation()
    {
        _app.Scripts.Main = static async context => await context.WaitForExternalEvent<string>("end");
        _app.Start("one");
        _app.Host.Advance(TimeSpan.FromHours(1));
        _app.Start("two");
        _app.Host.Advance(TimeSpan.FromHours(1));
        _app.Raise("two", "end");
        _app.Settle();
        _app.Start("three");

        Assert.Equal(["one"], Ids(new OrchestrationQuery { Statuses = [OrchestrationRuntimeStatus.Running] }));
        Assert.Equal(
            ["three", "two"],
            Ids(new OrchestrationQuery { Statuses = [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Pending] }));
        Assert.Equal(["three", "two"], Ids(new OrchestrationQuery { CreatedFrom = NewYear.AddHours(1) }));
        Assert.Equal(["one", "two"], Ids(new OrchestrationQuery { CreatedTo = NewYear.AddHours(1) }));
        Assert.Equal(["two"], Ids(new OrchestrationQuery { CreatedFrom = NewYear.AddMinutes(1), CreatedTo = NewYear.AddHours(1) }));
    }

    [Fact]
    public void Pages_follow_their_continuation_tokens()
    {
        for (int i = 0; i < 7; i++)
            _app.Start($"run:{i}");
        _app.Start("other");
        OrchestrationQuery query = new() { InstanceIdPrefix = "run:", PageSize = 3 };

        List<Page<OrchestrationMetadata>> pages = _app.Ask(client => client.GetAllInstancesAsync(query).AsPages().ToListAsync().AsTask());
        List<Page<OrchestrationMetadata>> rest = _app.Ask(client =>
            client.GetAllInstancesAsync(query with { ContinuationToken = pages[0].ContinuationToken }).AsPages(pageSizeHint: 2).ToListAsync().AsTask());

        Assert.Equal([3, 3, 1], pages.Select(page => page.Values.Count));
        Assert.Null(pages[^1].ContinuationToken);
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"run:{i}"), pages.SelectMany(page => page.Values).Select(instance => instance.InstanceId));
        Assert.Equal(["run:3", "run:4", "run:5", "run:6"], rest.SelectMany(page => page.Values).Select(instance => instance.InstanceId));
    }

    [Fact]
    public void A_listing_has_inputs_and_outputs_when_it_is_asked_for_them()
    {
        _app.Scripts.Main = static _ => Task.FromResult<object?>("out");
        _app.End(_app.Start("one", "in"));

        OrchestrationMetadata bare = Assert.Single(List());
        OrchestrationMetadata full = Assert.Single(List(new OrchestrationQuery { FetchInputsAndOutputs = true }));

        Assert.Null(bare.SerializedInput);
        Assert.Equal("in", full.ReadInputAs<string>());
        Assert.Equal("out", full.ReadOutputAs<string>());
    }

    private List<OrchestrationMetadata> List(OrchestrationQuery? query = null) => _app.List(client => client.GetAllInstancesAsync(query));

    private IEnumerable<string> Ids(OrchestrationQuery query) => List(query).Select(instance => instance.InstanceId);
}
