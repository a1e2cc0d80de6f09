using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Preempt.Embedded.Hosting;

namespace Preempt.Embedded.Tests.Hosting;

public class ShutdownTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_terminated_process_tells_its_activities_within_100_ms_and_exits_with_0()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no SIGTERM.");

        // The best of three: a machine under load can delay any one of them.
        List<TimeSpan> delays = [];
        for (int i = 0; i < 3; i++)
        {
            using AppProcess app = new();
            using HttpClient http = app.Connect();
            await StartAsync(app, http);

            long sent = app.Terminate();

            long fired = long.Parse(app.WaitFor("token fired"), CultureInfo.InvariantCulture);
            delays.Add(Stopwatch.GetElapsedTime(sent, fired));
            Assert.Equal(0, app.WaitForExit());
        }

        Assert.True(delays.Min() < Limit, string.Join(", ", delays));
    }

    [Fact]
    public async Task An_activity_that_stops_with_its_host_has_no_outcome_and_runs_again_after_a_restart()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no SIGTERM.");
        DirectoryInfo store = Directory.CreateTempSubdirectory("preempt-shutdown-");
        string id;
        using (AppProcess app = new(("Preempt__Store", store.FullName)))
        {
            using HttpClient http = app.Connect();
            id = await StartAsync(app, http);
            app.Terminate();
            Assert.Equal(0, app.WaitForExit());
        }

        using (AppProcess again = new(("Preempt__Store", store.FullName)))
        {
            again.WaitFor("activity entered");
            using HttpClient http = again.Connect();
            Uri history = new($"/runtime/webhooks/durabletask/instances/{id}?showHistory=true", UriKind.Relative);
            JsonElement instance = JsonElement.Parse(await http.GetStringAsync(history));

            Assert.Equal("Running", instance.GetProperty("runtimeStatus").GetString());
            JsonElement only = Assert.Single(instance.GetProperty("historyEvents").EnumerateArray());
            Assert.Equal("ExecutionStarted", only.GetProperty("EventType").GetString());
        }

        store.Delete(recursive: true);
    }

    [Fact]
    public async Task A_stopping_host_tells_activities_before_its_requests_have_ended()
    {
        await using TestApp app = await TestApp.StartAsync(typeof(Lingering));
        string id = await app.Durable.ScheduleNewOrchestrationInstanceAsync(nameof(Lingering.TwoSteps));
        Assert.True(await Lingering.Entered.WaitAsync(TestApp.Patience));
        Task<string> request = app.Http.GetStringAsync("/api/Linger");
        Assert.True(await Lingering.Requested.WaitAsync(TestApp.Patience));

        Task stopping = app.StopAsync();
        Assert.True(await Lingering.Told.WaitAsync(TestApp.Patience));
        Lingering.LetRequestGo.Release();

        Assert.Equal("echo", await request);
        await stopping;
        OrchestrationMetadata? left = await app.Durable.GetInstanceAsync(id);
        Assert.Equal(OrchestrationRuntimeStatus.Running, left?.RuntimeStatus);
        Assert.False(Lingering.SecondStepRan);
    }

    [Fact]
    public async Task An_activity_that_outlives_the_hosts_time_to_stop_is_left()
    {
        EmbeddedAppBuilder builder = TestApp.NewBuilder([typeof(Deaf)], "--shutdownTimeoutSeconds=1");
        await using TestApp app = await TestApp.StartAsync(builder);
        await app.Durable.ScheduleNewOrchestrationInstanceAsync(nameof(Deaf.Run));
        Assert.True(await Deaf.Entered.WaitAsync(TestApp.Patience));

        await app.StopAsync();

        Assert.Contains(app.Logs.Entries, entry =>
            entry.Level == LogLevel.Warning && entry.Message.StartsWith("1 activities outlived", StringComparison.Ordinal));
        Deaf.Leave.Release();
    }

    private static async Task<string> StartAsync(AppProcess app, HttpClient http)
    {
        using HttpResponseMessage started = await http.PostAsync("/api/Start", content: null);
        started.EnsureSuccessStatusCode();
        app.WaitFor("activity entered");
        return await started.Content.ReadAsStringAsync();
    }

    public class Lingering
    {
        internal static SemaphoreSlim Entered { get; } = new(0);

        internal static SemaphoreSlim Told { get; } = new(0);

        internal static SemaphoreSlim Requested { get; } = new(0);

        internal static SemaphoreSlim LetRequestGo { get; } = new(0);

        internal static bool SecondStepRan { get; private set; }

        [Function(nameof(TwoSteps))]
        public async Task TwoSteps([OrchestrationTrigger] TaskOrchestrationContext context)
        {
            await context.CallActivityAsync(nameof(First));
            await context.CallActivityAsync(nameof(Second));
        }

        [Function(nameof(First))]
        public async Task First([ActivityTrigger] string? input, CancellationToken cancellation)
        {
            Entered.Release();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            catch (OperationCanceledException)
            {
                // An activity may answer instead; what would follow waits for the restart.
                Told.Release();
            }
        }

        [Function(nameof(Second))]
        public void Second([ActivityTrigger] string? input) => SecondStepRan = true;

        [Function(nameof(Linger))]
        public async Task<string?> Linger([HttpTrigger("get")] HttpRequest request, [DurableClient] DurableTaskClient client)
        {
            Requested.Release();
            Assert.True(await LetRequestGo.WaitAsync(TestApp.Patience));
            string id = await client.ScheduleNewOrchestrationInstanceAsync(nameof(Echo), "echo");
            return (await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true)).ReadOutputAs<string>();
        }

        [Function(nameof(Echo))]
        public string Echo([OrchestrationTrigger] TaskOrchestrationContext context, string input) => input;
    }

    public class Deaf
    {
        internal static SemaphoreSlim Entered { get; } = new(0);

        internal static SemaphoreSlim Leave { get; } = new(0);

        [Function(nameof(Run))]
        public Task Run([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync(nameof(Step));

        [Function(nameof(Step))]
        public Task Step([ActivityTrigger] string? input)
        {
            Entered.Release();
            return Leave.WaitAsync();
        }
    }
}
