using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Preempt.Http;

namespace Preempt.Functions.Tests;

/// <summary>What the API answers when it is not the request that is wrong.</summary>
public sealed class FailureAnswerTests
{
    [Theory]
    [InlineData(StatusCode.Unavailable, 503, "urn:preempt:engine-unreachable")]
    [InlineData(StatusCode.Internal, 503, "urn:preempt:engine-unreachable")]
    [InlineData(StatusCode.DeadlineExceeded, 503, "urn:preempt:engine-unreachable")]
    [InlineData(StatusCode.Unknown, 500, "urn:preempt:internal-error")]
    public async Task An_engine_that_is_out_of_reach_is_not_taken_for_a_fault_of_the_app(StatusCode code, int status, string type)
    {
        DefaultHttpContext http = new() { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        using MemoryStream body = new();
        http.Response.Body = body;

        IActionResult answer = await Api.AnswerAsync(http.Request, () => Task.FromException<IActionResult>(new RpcException(new Status(code, "the server closed the connection at 10.0.0.1"))));
        await answer.ExecuteResultAsync(new ActionContext(http, new RouteData(), new()));

        JsonElement problem = JsonElement.Parse(body.ToArray());
        Assert.Equal((status, type), (http.Response.StatusCode, problem.GetProperty("type").GetString()));
        Assert.DoesNotContain("10.0.0.1", problem.GetRawText(), StringComparison.Ordinal);
    }
}
