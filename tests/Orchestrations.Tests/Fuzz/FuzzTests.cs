using System.Globalization;
using System.Text;
using System.Text.Json;
using Preempt.Embedded.Engine;
using Preempt.Embedded.Store.Sqlite;
using Preempt.Json;
using Preempt.Queues;

namespace Preempt.Tests.Fuzz;

/// <summary>What reads text or bytes of others, with inputs at random: see <see cref="FuzzTarget"/>.</summary>
public sealed class FuzzTests
{
    private static readonly DateTimeOffset Now = new(2030, 3, 31, 0, 30, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, string> Metadata = new() { ["region"] = "eu", ["Region2"] = "", ["a b"] = "\u00e9" };

    private static readonly JsonElement Input = JsonElement.Parse(
        """{"userId": "ada", "n": 1.50, "big": 1e400, "no": null, "yes": true, "list": [1, {"id": "x"}, []], "o": {"Id": 1, "id": 2, "a.b": "\ud83d\ude00"}, "": "empty"}""");

    [Fact]
    public void Durations() => new FuzzTarget(
        "durations",
        [
            "1", "0", "30", "00", "9", "99999999999999999999", "315360000", "3650", ".", ",", ":", "-", "+", "P", "PT", "T", "H", "M", "S", "W", "D", "Y", "h", "m", "s", "d", "w", "ms", "us", "\u00b5s",
            " hours ", "minutes", " day", "weeks", "never", "and", " ", "\t", "e5", "00:10:00", "1.02:00:00.5", "\u0661", "\u212a", "0.0000001",
        ],
        static text =>
        {
            bool isRead = Duration.TryParse(text, out Duration duration, out string? error);
            Assert.Equal(isRead, error is null);
            if (!isRead)
            {
                Assert.Equal(error, Assert.Throws<FormatException>(() => Duration.Parse(text)).Message);
                return error!;
            }

            string written = duration.ToString();
            Assert.Equal((duration, written), (Duration.Parse(written), Duration.Parse(written).ToString()));
            Assert.True(duration.IsNever || duration.Value >= TimeSpan.Zero);
            return "read as " + written;
        }).Play();

    [Fact]
    public void Durations_in_JSON() => new FuzzTarget(
        "durations-json",
        ["\"", "\"1h30m\"", "\"never\"", "1", "0", "e", "E-", "315360000", "1e400", "0.00000005", "-", "+", ".", "null", "true", "[", "]", "{", "}", ":", ",", "\\u0031", "\\ud800", "\\", " ", "/*", "NaN"],
        static text =>
        {
            try
            {
                Duration duration = JsonSerializer.Deserialize<Duration>(Encoding.UTF8.GetBytes(text));
                Assert.Equal(duration, JsonSerializer.Deserialize<Duration>(JsonSerializer.Serialize(duration)));
                return $"read as {duration}";
            }
            catch (JsonException exception)
            {
                return exception.Message;
            }
        }).Play();

    [Fact]
    public void End_conditions() => new FuzzTarget(
        "end-conditions",
        [
            "time of day ", "between ", "08:00", "18:00", "00:00", "24:00", "02:30", " and ", " or ", "not ", "(", ")", "Europe/Paris", "UTC", "America/St_Johns", "Asia/Kolkata", "No/Where", "weekdays", "weekends",
            "Monday", " to ", "Friday", "sun", "days ", "after ", "before ", "2026-03-29 02:30", "2026-03-29T02:30:00Z", "9999-12-31T23:59:59Z", "0001-01-01 00:00", "event ", "file-uploaded", " where ", "kind", ".", "[0]",
            " = ", "'csv'", "'", "''", "1", "-1.5e300", "true", "null", " ", "\t", "\"", "-", ":", ",", "\ud800",
        ],
        static text =>
        {
            bool isRead = EndCondition.TryParse(text, out EndCondition? condition, out string? error);
            if (!isRead)
            {
                Assert.Equal(error, Assert.Throws<FormatException>(() => EndCondition.Parse(text)).Message);
                return error!;
            }

            string written = condition!.ToString();
            Assert.Equal((condition, written), (EndCondition.Parse(written), EndCondition.Parse(written).ToString()));
            bool isMet = condition.IsMet(Now);
            DateTimeOffset? next = condition.NextChange(Now);
            Assert.True(next is null || next > Now, $"The next change is {next:O}.");
            condition.MatchesEvent("file-uploaded", Input, Now);
            condition.MatchesEvent("", null, DateTimeOffset.MaxValue);
            return $"read as {condition.GetType().Name}, {isMet}, {next is null}";
        }).Play();

    [Fact]
    public void Key_templates() => new FuzzTarget(
        "key-templates",
        [
            "{", "}", "{{", "}}", "input", "metadata", "input.userId", "input.list[1].id", "input.o", "input.n", "input.big", "input.no", ".", "[", "]", "0", "1", "-1", "99999999999", "\"", "'", "\"a.b\"", "['a.b']",
            " ?? ", "?? 'x'", "??", "region", "Region2", "a b", " ", ":", "\\", "{input.userId}", "{metadata.region ?? 'eu'}", "\ud800", "\u0000", "x",
        ],
        static text =>
        {
            KeyTemplate template;
            try
            {
                template = KeyTemplate.Parse(text);
            }
            catch (FormatException exception)
            {
                return exception.Message;
            }

            Assert.Equal(text, template.ToString());
            string? key = Resolve(template, out string outcome);
            Assert.Equal(key, Resolve(KeyTemplate.Parse(template.ToString()), out _));
            Assert.InRange(key?.Length ?? 0, 0, KeyTemplate.MaxKeyLength);
            return outcome;
        }).Play();

    [Fact]
    public void Cursors() => new FuzzTarget(
        "cursors",
        ["MTo", "1:", "0 ", "638000000000000000", " run:id", "MTphYmM", "=", "==", "-", "_", "+", "/", "A", "MQ", "%", " ", "\u00e9", "\ufffd", new('M', 300)],
        static text =>
        {
            string outcome;
            try
            {
                string token = Cursor.Unwrap(text)!;
                Assert.Equal(token, Cursor.Unwrap(Cursor.Wrap(token)));
                outcome = "unwrapped";
            }
            catch (InvalidRunException exception)
            {
                outcome = exception.Message;
            }

            RunFilter filter = new();
            foreach (string cursor in new[] { text, Cursor.Wrap(text)!, Cursor.Wrap($"{filter.Fingerprint()} {text}")! })
            {
                try
                {
                    RunPosition position = RunPosition.FromCursor(cursor, filter)!.Value;
                    Assert.Equal(position, RunPosition.FromCursor(position.ToCursor(filter), filter));
                    outcome += ", a position";
                }
                catch (InvalidRunException exception)
                {
                    outcome += exception.Message.Contains("another filter", StringComparison.Ordinal) ? ", of another list" : ", none";
                }
            }

            return outcome;
        }).Play();

    [Fact]
    public void Queue_commands() => new FuzzTarget(
        "queue-commands",
        [
            "{", "}", "[", "]", ":", ",", "\"", "\"type\"", "\"start\"", "\"cancel\"", "\"event\"", "\"workflow\": \"chat-reply\"", "\"input\"", "\"runId\": \"x\"", "\"idempotencyKey\"", "\"name\": \"e\"", "\"payload\"",
            "\"metadata\": {\"a\": \"b\"}", "\"timeout\": \"1h\"", "\"grace\": 5", "\"priority\": 1e3", "\"reason\"", "\"queuedOnly\": true", "\"delete\"", "null", "true", "1", "-0", "1e999", "\\u0000", "\\ud800", "\\", "/**/",
            " ", "\n", "\ufeff", new('[', 70), "{\"a\":", "\u00e9", "\ud83d\ude00",
        ],
        static text =>
        {
            string outcome = "";
            // As text, and as bytes that need not be text.
            foreach (byte[] body in new[] { Encoding.UTF8.GetBytes(text), Encoding.Latin1.GetBytes(text), Encoding.Unicode.GetBytes(text) })
            {
                try
                {
                    outcome += $"read as {QueueCommand.Read(body).GetType().Name};";
                }
                catch (InvalidJsonException exception)
                {
                    outcome += $"{exception.Message};";
                }
            }

            return outcome;
        }).Play();

    [Fact]
    public void Run_messages() => new FuzzTarget("run-messages", FuzzWords.OfRunMessages, static text =>
    {
        StoredJson.TryRead<RunMessage>(text);
        if (StoredJson.TryReadAny(text) is not { } json)
            return "no JSON";
        if (StoredJson.TryRead<RunMessage>(json) is not { } message)
            return $"{json.ValueKind}, no message";
        string written = JsonSerializer.Serialize(message);
        Assert.Equal(written, JsonSerializer.Serialize(StoredJson.TryRead<RunMessage>(JsonElement.Parse(written))));
        RunRecord record = new() { Status = RunStatus.Running };
        bool holds = message.If?.Holds(record) ?? true;
        record = message.Id is null ? record : record.Hear(message);
        Assert.True(message.Id is null || record.HasHeard(message));
        if (message.Stop is not { } stop)
            return $"{message.Kind}, {holds}";
        RunRecord stopped = record.RequestStop(stop, Duration.FromSeconds(10));
        Assert.Equal(stopped.Stop, stopped.RequestStop(stop, Duration.FromSeconds(10)).Stop);
        Assert.InRange(JsonSerializer.Serialize(stopped.Fit()).Length, 2, RunRecord.MaxLength);
        return $"{message.Kind} {stop.Reason}, {holds}, {stopped.Status}";
    }).Play();

    [Fact]
    public void Stored_histories() => new FuzzTarget("stored-histories", FuzzWords.OfHistories, static text =>
    {
        string outcome = "";
        foreach (byte[] stored in new[] { Encoding.UTF8.GetBytes(text), Encoding.Latin1.GetBytes(text) })
        {
            try
            {
                List<HistoryEvent> events = StoredHistory.Read(stored, "run");
                byte[] written = JsonSerializer.SerializeToUtf8Bytes(events, StoreJson.Events);
                Assert.Equal(written, JsonSerializer.SerializeToUtf8Bytes(StoredHistory.Read(written, "run"), StoreJson.Events));
                outcome += string.Create(CultureInfo.InvariantCulture, $"{string.Join(' ', events.Select(happened => happened.GetType().Name).Distinct())};");
            }
            catch (InvalidDataException exception)
            {
                Assert.StartsWith("The history of 'run' in the store cannot be read: ", exception.Message, StringComparison.Ordinal);
                outcome += exception.Message;
            }
        }

        return outcome;
    }).Play();

    private static string? Resolve(KeyTemplate template, out string outcome)
    {
        try
        {
            string key = template.Resolve(Input, Metadata);
            outcome = "resolved";
            return key;
        }
        catch (KeyTemplateException exception)
        {
            outcome = exception.Message;
            return null;
        }
    }
}
