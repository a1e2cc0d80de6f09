using System.Text;
using System.Text.Json.Nodes;
using Preempt.EndToEnd.OpenApi;

namespace Preempt.EndToEnd.Fuzz;

/// <summary>One request that nobody in their right mind would send, and some that they would.</summary>
internal sealed record FuzzRequest(ApiOperation Operation, string Path, string? Body, IReadOnlyList<(string Name, string Value)> Headers);

/// <summary>Makes requests of the OpenAPI document: wrong types, huge values, odd Unicode, ways out of a path, deep JSON. A seed makes the same ones.</summary>
internal sealed class FuzzGenerator(ApiDescription description, int seed, IReadOnlyList<string> knownIds)
{
    private static readonly string[] Texts =
    [
        "", " ", "a", "null", "undefined", "NaN", "-1", "0", "1e999", "99999999999999999999", "0x10", "true", "\0", "\r\nX-Evil: 1", "\u202e\u2066", "\ud83d\ude00",
        "ﷺ", "İıſK", "a\u0301\u0301\u0301", "../../../etc/passwd", "..\\..\\x", "%2e%2e%2f", "%00", "{id}", "{{id}}", "${jndi:ldap://x}", "'; DROP TABLE runs; --",
        "<script>alert(1)</script>", "lab-plain", "LAB-PLAIN", "chat-reply", "lab-plain:-:", "@PreemptGate@x", "_run:lab-plain:-:x", "_operation:x", "_mode:1", "_idempotency:x:y",
        "PT5M", "1h30m", "never", "9999999999 days", "0s", "-0s", "2026-11-25T08:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999+14:00", "2026-13-45T99:99:99Z",
        "Running", "Succeeded,Failed", "running", new('x', 101), new('é', 513), new('y', 3000),
    ];

    private readonly Random _random = new(seed);

    public FuzzRequest Next()
    {
        ApiOperation operation = Pick(description.Operations);
        StringBuilder path = new(operation.Path[1..]);
        List<string> query = [];
        List<(string, string)> headers = [];
        foreach (JsonObject parameter in operation.Parameters)
        {
            string name = parameter["name"]!.GetValue<string>();
            switch (parameter["in"]!.GetValue<string>())
            {
                case "path":
                    path.Replace($"{{{name}}}", Segment(name));
                    break;
                case "query" when Chance(0.4):
                    query.Add($"{name.Replace("NAME", Uri.EscapeDataString(Text()), StringComparison.Ordinal)}={Uri.EscapeDataString(Chance(0.3) && parameter["example"] is { } example ? example.ToString() : Text())}");
                    break;
                case "header" when Chance(0.3):
                    headers.Add((name, Header(Text())));
                    break;
            }
        }

        // Draining would stop all that follows: it is only ever asked for wrongly.
        if (operation.Id == "Drain")
            query = ["mode=" + Uri.EscapeDataString("wrong" + Text())];
        if (Chance(0.1))
            query.Add($"{Uri.EscapeDataString(Text())}={Uri.EscapeDataString(Text())}");
        string full = query.Count == 0 ? path.ToString() : $"{path}?{string.Join('&', query)}";
        return new FuzzRequest(operation, full, operation.Method == "POST" ? Body(operation) : null, headers);
    }

    private string Segment(string name) => name switch
    {
        "workflow" when Chance(0.6) => Pick(["lab-plain", "lab-queue", "lab-cancel-in-progress"]),
        "id" when Chance(0.5) => Uri.EscapeDataString(Pick(knownIds)),
        _ => Uri.EscapeDataString(Text() is { Length: > 0 } text ? text : "x"),
    };

    private string Body(ApiOperation operation)
    {
        JsonNode? content = operation.Description["requestBody"]?["content"]?["application/json"];
        if (content is null || Chance(0.05))
            return Pick(["", "null", "[]", "{}", "0", "\"text\"", "{", "{\"a\":1,\"a\":2}", "\ufeff{}", "{\"input\":\"\\ud800\"}", Deep(100), Deep(5000), "{/* comment */}"]);
        JsonNode body = content["example"]!.DeepClone();
        if (operation.Id == "StartRun" && Chance(0.7))
            body = JsonNode.Parse("""{"input": {"group": "fuzz", "steps": [{"seconds": 0}]}, "metadata": {"by": "fuzz"}}""")!;
        for (int i = _random.Next(4); i > 0; i--)
            body = Mutate(body);
        // What would touch many runs only counts them.
        if (operation.Id is "BulkCancel" or "BulkReplay" && body is JsonObject bulk)
            bulk["dryRun"] = true;
        return body.ToJsonString();
    }

    private JsonNode Mutate(JsonNode node)
    {
        if (node is not JsonObject { Count: > 0 } found)
            return Value(2);
        string name = Pick([.. found.Select(member => member.Key)]);
        switch (_random.Next(5))
        {
            case 0:
                found.Remove(name);
                break;
            case 1:
                found[Text() is { Length: > 0 } text ? text : "new"] = Value(2);
                break;
            case 2 when found[name] is JsonObject inner:
                found[name] = Mutate(inner.DeepClone());
                break;
            case 3:
                found[Pick(["timeout", "scheduleTimeout", "priority", "runId", "key", "metadata", "grace", "by", "filter", "runIds", "status"])] = Value(2);
                break;
            default:
                found[name] = Value(2);
                break;
        }

        return found;
    }

    private JsonNode Value(int depth) => _random.Next(depth > 0 ? 9 : 6) switch
    {
        0 => Text(),
        1 => _random.Next(-5, 5),
        2 => 1e308,
        3 => long.MaxValue,
        4 => Chance(0.5),
        5 => 0.1,
        6 => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Value(depth - 1))]),
        7 => new JsonObject([.. Enumerable.Range(0, _random.Next(4)).Select(number => KeyValuePair.Create($"{Text()}{number}", (JsonNode?)Value(depth - 1)))]),
        _ => JsonNode.Parse(Deep(40))!,
    };

    private static string Deep(int levels) => $"{new string('[', levels)}{new string(']', levels)}";

    private string Text() => Pick(Texts);

    /// <summary>A header cannot hold everything; what it cannot hold no client sends.</summary>
    private static string Header(string text) => string.Concat(text.Where(character => character is >= ' ' and < (char)127));

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
