using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Preempt.EndToEnd.Hosting;
using Preempt.EndToEnd.Http;

namespace Preempt.EndToEnd;

/// <summary>Plays <c>docs/preempt.http</c> from top to bottom, as an editor would.</summary>
public sealed partial class HttpFileTests(AppUnderTest app) : EndToEndTests(app)
{
    [Fact]
    public async Task The_requests_of_the_http_file_are_answered_as_it_says()
    {
        string text = await File.ReadAllTextAsync(Path(), TestContext.Current.CancellationToken);
        // The suite's own app, and a user of this test's own.
        Dictionary<string, string> variables = new() { ["base"] = "", ["user"] = Group };
        Dictionary<string, JsonElement> answers = [];
        int played = 0;
        foreach (string part in Separator().Split(text))
        {
            string[] lines = part.ReplaceLineEndings("\n").Split('\n');
            string? request = lines.FirstOrDefault(line => RequestLine().IsMatch(line));
            foreach (Match variable in lines.Select(line => Variable().Match(line)).Where(match => match.Success && !variables.ContainsKey(match.Groups[1].Value)))
                variables.Add(variable.Groups[1].Value, variable.Groups[2].Value);
            if (request is null)
                continue;
            string? name = lines.Select(line => Name().Match(line)).FirstOrDefault(match => match.Success)?.Groups[1].Value;
            int expected = int.Parse(lines.Select(line => Expectation().Match(line)).First(match => match.Success).Groups[1].Value, CultureInfo.InvariantCulture);
            string[] rest = lines[(Array.IndexOf(lines, request) + 1)..];
            string body = string.Join('\n', rest.SkipWhile(line => line.Trim().Length > 0));
            Match verb = RequestLine().Match(request);

            string path = Fill(verb.Groups[2].Value).TrimStart('/');
            Answer answer = verb.Groups[1].Value == "GET" || verb.Groups[1].Value == "DELETE"
                ? await Eventually.GetAsync(() => Api.SendAsync(new HttpMethod(verb.Groups[1].Value), path), now => !path.Contains("?wait=") || HasEnded(now))
                : await Api.AskAsync(path, Fill(body).Trim());

            answer.Expect((HttpStatusCode)expected);
            if (name is not null)
                answers[name] = JsonElement.Parse(answer.Text);
            played++;
        }

        Assert.True(played >= 15, $"Only {played} requests were found.");

        string Fill(string line) => Placeholder().Replace(line, match => match.Groups[2].Success
            ? answers[match.Groups[1].Value].GetProperty(match.Groups[2].Value).GetString()!
            : variables[match.Groups[1].Value]);
    }

    /// <summary>A reader who waits for a run asks again while it has not ended.</summary>
    private static bool HasEnded(Answer answer) => JsonElement.Parse(answer.Text).GetProperty("endedAt").ValueKind != JsonValueKind.Null;

    private static string Path() => System.IO.Path.Combine(
        typeof(HttpFileTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "RepositoryRoot").Value!, "docs", "preempt.http");

    [GeneratedRegex("^###.*$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^(GET|POST|DELETE) (\S+)")]
    private static partial Regex RequestLine();

    [GeneratedRegex(@"^@(\w+) *= *(.*)$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^# @name (\w+)")]
    private static partial Regex Name();

    [GeneratedRegex(@"^# answers (\d+)")]
    private static partial Regex Expectation();

    [GeneratedRegex(@"\{\{(\w+)(?:\.response\.body\.\$\.(\w+))?\}\}")]
    private static partial Regex Placeholder();
}
