using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Hosting.Queues;

namespace Preempt.Embedded.Tests.Hosting;

public class QueueSettingsTests
{
    [Fact]
    public void What_the_host_file_does_not_say_is_as_in_the_real_host()
    {
        QueueSettings settings = Read();

        Assert.Equal(16, settings.BatchSize);
        Assert.Equal(8 * Environment.ProcessorCount, settings.NewBatchThreshold);
        Assert.Equal(5, settings.MaxDequeueCount);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.MaxPollingInterval);
        Assert.Equal(TimeSpan.Zero, settings.VisibilityTimeout);
        Assert.Equal(QueueEncoding.Base64, settings.Encoding);
    }

    [Fact]
    public void The_host_file_says_how_queues_are_read()
    {
        QueueSettings settings = Read(
            ("batchSize", "32"),
            ("newBatchThreshold", "0"),
            ("maxDequeueCount", "1"),
            ("maxPollingInterval", "00:00:00.1"),
            ("visibilityTimeout", "00:00:30"),
            ("messageEncoding", "none"));

        Assert.Equal(
            new QueueSettings
            {
                BatchSize = 32,
                NewBatchThreshold = 0,
                MaxDequeueCount = 1,
                MaxPollingInterval = TimeSpan.FromMilliseconds(100),
                VisibilityTimeout = TimeSpan.FromSeconds(30),
                Encoding = QueueEncoding.None,
            },
            settings);
    }

    [Theory]
    [InlineData("batchSize", "33", "a whole number from 1 to 32")]
    [InlineData("batchSize", "0", "a whole number from 1 to 32")]
    [InlineData("newBatchThreshold", "-1", "a whole number from 0")]
    [InlineData("maxDequeueCount", "0", "a whole number from 1")]
    [InlineData("maxPollingInterval", "2000", "a time of at least 00:00:00.1000000")]
    [InlineData("maxPollingInterval", "00:00:00.01", "a time of at least 00:00:00.1000000")]
    [InlineData("visibilityTimeout", "soon", "a time of at least 00:00:00")]
    [InlineData("messageEncoding", "utf8", "base64 or none")]
    [InlineData("messageEncoding", "1", "base64 or none")]
    public void A_setting_that_cannot_be_read_refuses_the_start(string name, string value, string expected)
    {
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => Read((name, value)));

        Assert.Contains($"host.json, extensions:queues:{name} \"{value}\": {expected}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_queue_is_left_alone_ever_longer()
    {
        PollingDelay delay = new(TimeSpan.FromSeconds(1));

        Assert.Equal([100, 200, 400, 800, 1000, 1000], Enumerable.Range(0, 6).Select(_ => delay.Next().TotalMilliseconds));
        delay.Reset();
        Assert.Equal(100, delay.Next().TotalMilliseconds);
    }

    [Theory]
    [InlineData("--Queue=Not_A_Name", "queue \"Not_A_Name\": a queue's name has 3 to 63")]
    [InlineData("--Queue=a--b", "queue \"a--b\"")]
    [InlineData("--Other=1", "it needs the setting 'Queue', which is not set")]
    [InlineData("--Queue=fine", "its connection, the setting 'Elsewhere', is not set")]
    [InlineData("--Queue=fine", "the setting 'Elsewhere', is not a connection string", "--Elsewhere=nonsense")]
    [InlineData("--Queue=fine", "'Elsewhere__queueServiceUri' asks for an identity", "--Elsewhere:queueServiceUri=https://a.test")]
    [InlineData("--Queue=fine", "'Elsewhere__accountName' asks for an identity", "--Elsewhere:accountName=a")]
    [InlineData("--Queue=fine", "the setting 'AzureWebJobsElsewhere', is not a connection string", "--AzureWebJobsElsewhere=nonsense")]
    public void A_trigger_that_cannot_be_served_refuses_the_start(string setting, string why, string other = "--Another=1")
    {
        EmbeddedAppBuilder builder = TestApp.NewBuilder([typeof(Elsewhere)], setting, other);

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => builder.Build());

        Assert.StartsWith("The function app cannot start: function 'Take' (", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders", "orders-poison")]
    [InlineData("orders-poison", null)]
    [InlineData("too-long-for-a-suffix-23456789012345678901234567890123456", null)]
    public void A_poison_queue_has_none_itself(string queue, string? expected)
    {
        QueuePlan plan = new(null!, queue, new QueueConnection("Storage", null));

        Assert.Equal(expected, plan.PoisonQueueName);
    }

    private static QueueSettings Read(params (string Name, string Value)[] settings) => QueueSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(setting => $"extensions:queues:{setting.Name}", setting => (string?)setting.Value))
        .Build());

    public class Elsewhere
    {
        [Function("Take")]
        public void Take([QueueTrigger("%Queue%", Connection = "Elsewhere")] string message)
        {
        }
    }
}
