namespace Preempt.Tests.Fuzz;

/// <summary>What longer inputs are made of.</summary>
internal static class FuzzWords
{
    private static readonly string[] Json =
    [
        "{", "}", "[", "]", ":", ",", "\"", "null", "true", "false", "0", "1", "-1", "1.5", "1e400", "99999999999999999999", "\"\"", "\"x\"", "\\ud800", "\\u0000", "\\", " ", "\u00e9", "\ud83d\ude00", "{\"a\":", "[[[[[[[[",
    ];

    public static readonly string[] OfRunMessages =
    [
        .. Json, "\"Kind\":\"Stop\"", "\"Kind\":\"Admitted\"", "\"Kind\":\"Extend\"", "\"Kind\":\"Hold\"", "\"Kind\":\"Release\"", "\"Kind\":\"Event\"", "\"Kind\":3", "\"Kind\":-1", "\"Kind\":99", "\"Life\":", "\"Id\":\"i\"",
        "\"If\":{\"Statuses\":[\"Running\"]}", "\"If\":{}", "\"Statuses\":", "\"Stop\":{\"Reason\":\"Requested\",\"RequestedAt\":\"2030-01-01T00:00:00Z\"}", "\"Reason\":", "\"Superseded\"", "\"RequestedAt\":", "\"Grace\":\"5s\"",
        "\"Grace\":\"never\"", "\"QueuedOnly\":true", "\"Message\":", "\"By\":\"1h\"", "\"By\":\"never\"", "\"Event\":\"e\"", "\"Payload\":", "\"Gate\":\"g\"", "\"Step\":1", "\"Step\":-2147483648", "\"Token\":9223372036854775807",
        "\"OthersWait\":true", "\"HasLeft\":true", "\"SupersededBy\":\"r\"",
    ];

    public static readonly string[] OfHistories =
    [
        .. Json, "{\"$\":\"turn\",\"At\":\"2030-01-01T00:00:00Z\"}", "{\"$\":\"task\",\"Name\":\"PreemptStep\",\"Input\":\"{}\"}", "{\"$\":\"timer\",\"Id\":1,\"DueAt\":\"2030-01-01T00:00:10Z\"}",
        "{\"$\":\"child\",\"Id\":2,\"Name\":\"PreemptRun\",\"InstanceId\":\"c\"}", "{\"$\":\"send\",\"Id\":3,\"Target\":\"t\",\"Name\":\"preempt\"}", "{\"$\":\"call\",\"Id\":4,\"Entity\":\"@e@k\",\"Operation\":\"Enter\",\"RequestId\":\"q\"}",
        "{\"$\":\"signal\",\"Id\":5,\"Entity\":\"@e@k\",\"Operation\":\"Leave\",\"NotBefore\":\"2030-01-01T00:00:00+14:00\"}", "{\"$\":\"taskDone\",\"Id\":0,\"Result\":\"1\"}",
        "{\"$\":\"taskFailed\",\"Failure\":{\"ErrorType\":\"E\",\"ErrorMessage\":\"m\"}}", "{\"$\":\"timerFired\",\"Id\":1}", "{\"$\":\"event\",\"Name\":\"preempt\",\"Payload\":\"{}\"}", "{\"$\":\"suspended\"}", "{\"$\":\"resumed\"}",
        "{\"$\":\"terminated\",\"Recursive\":true}", "\"$\":", "\"Id\":", "\"Name\":", "\"At\":\"9999-12-31T23:59:59+00:00\"", "\"DueAt\":\"0001-01-01T00:00:00\"", "\"DueAt\":\"2030-01-01T00:00:00+05:00\"", "\"RequestId\":", "\"Failure\":null",
    ];
}
