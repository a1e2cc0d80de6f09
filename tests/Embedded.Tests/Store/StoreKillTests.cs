using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store;

namespace Preempt.Embedded.Tests.Store;

/// <summary>A process that writes to a store is killed, or its disk fails: what it acknowledged is there, and all of it.</summary>
public sealed class StoreKillTests : IDisposable
{
    private const int Kills = 20;

    /// <summary>What the writing process may print before it must have been killed.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("preempt-kill-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Whatever_was_acknowledged_before_a_kill_is_there_and_nothing_by_half()
    {
        Random random = new();
        Dictionary<string, int> acknowledged = [];
        for (int kill = 0; kill < Kills; kill++)
        {
            // Now and then while it opens the store; mostly while it writes.
            bool isEarly = kill % 5 == 0;
            await WriteAsync(Writer(), acknowledged, untilLine: isEarly ? null : " ", TimeSpan.FromMilliseconds(random.Next(isEarly ? 300 : 60)));
            Check(acknowledged);
        }

        Assert.NotEmpty(acknowledged);
    }

    [Fact]
    public async Task A_disk_that_fails_loses_nothing_that_was_acknowledged()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no limit of a file's size.");
        Dictionary<string, int> acknowledged = [];

        // Writes beyond the limit, in blocks of 512 bytes, fail. The runtime must not map its code by way of a larger file.
        ProcessStartInfo limited = Writer();
        string command = string.Join(' ', limited.ArgumentList.Prepend(limited.FileName).Select(argument => $"'{argument}'"));
        limited.FileName = "/bin/sh";
        limited.ArgumentList.Clear();
        limited.ArgumentList.Add("-c");
        limited.ArgumentList.Add($"trap '' XFSZ; ulimit -f 4000; exec {command}");
        limited.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        string failure = await WriteAsync(limited, acknowledged, untilLine: "failed", TimeSpan.Zero);

        Assert.Contains(_directory.FullName, failure, StringComparison.Ordinal);
        Assert.NotEmpty(acknowledged);
        Check(acknowledged);
    }

    /// <summary>Runs the writer until it prints a line with that text, and a while longer; then kills it.</summary>
    /// <returns>The line.</returns>
    private static async Task<string> WriteAsync(ProcessStartInfo start, Dictionary<string, int> acknowledged, string? untilLine, TimeSpan longer)
    {
        using Process process = Process.Start(start)!;
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.Split(' ') is [['w', ..] id, string number])
                    acknowledged[id] = int.Parse(number, CultureInfo.InvariantCulture);
                if (untilLine is not null && line.Contains(untilLine, StringComparison.Ordinal))
                    found.TrySetResult(line);
            }

            found.TrySetException(new InvalidOperationException($"The writer did not print '{untilLine}'."));
        });
        try
        {
            string line = untilLine is null ? "" : await found.Task.WaitAsync(Limit);
            await Task.Delay(longer);
            return line;
        }
        finally
        {
            // SIGKILL; what it had printed is still to be read.
            process.Kill();
            await process.WaitForExitAsync();
            await reading;
        }
    }

    private void Check(Dictionary<string, int> acknowledged)
    {
        using SqliteStore store = SqliteStore.Open(_directory.FullName);
        Unfinished unfinished = store.ReadUnfinished();
        Assert.Superset(acknowledged.Keys.ToHashSet(), unfinished.Instances.Select(header => header.InstanceId).ToHashSet());
        foreach (InstanceHeader header in unfinished.Instances)
        {
            string id = header.InstanceId;
            int last = int.Parse(header.CustomStatus!, CultureInfo.InvariantCulture);
            Assert.InRange(last, acknowledged.GetValueOrDefault(id), int.MaxValue);
            Assert.Equal(Enumerable.Range(1, last), store.ReadHistory(id).Cast<TimerFired>().Select(fired => fired.Id));
            Assert.Equal(header.CustomStatus, store.FindEntity($"@writer@{id}")?.State);
            Assert.Equal(new TimerFired(last), Assert.Single(unfinished.Deliveries, delivery => delivery.Target == id).Event);
        }
    }

    private ProcessStartInfo Writer() => new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
    {
        ArgumentList = { AssemblyPath(), "write", _directory.FullName },
        RedirectStandardOutput = true,
    };

    private static string AssemblyPath() => typeof(StoreKillTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "AppAssembly").Value!;
}
