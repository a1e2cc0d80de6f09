using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Preempt.Embedded.Hosting;
using Preempt.Embedded.Tests.Hosting;

namespace Preempt.Embedded.Tests;

public class HostingRefusalTests
{
    [Theory]
    [InlineData(typeof(TwoOfOneName), "the name 'Same' is used by", "TwoOfOneName.First and by", "TwoOfOneName.Second")]
    [InlineData(typeof(TwoActivitiesOfOneName), "the name 'shared' is used by", "First and by", "Second")]
    [InlineData(typeof(AdminRoute), "function 'f'", "its route 'Administer/{id}' begins with 'admin' or 'runtime'")]
    [InlineData(typeof(RuntimeRoute), "its route '/runtime' begins with 'admin' or 'runtime'")]
    [InlineData(typeof(NoTrigger), "function 'f'", "NoTrigger.Run): it has no trigger")]
    [InlineData(typeof(TwoTriggers), "it has several triggers")]
    [InlineData(typeof(UnknownParameter), "parameter 'System.String other' is neither a trigger, a client")]
    [InlineData(typeof(NotInRoute), "parameter 'System.String id' is not in the route 'items/{key}'")]
    [InlineData(typeof(UnreadableRoute), "its type cannot be read from text")]
    [InlineData(typeof(WrongRequest), "has a Http trigger, and so must be a HttpRequest")]
    [InlineData(typeof(WrongContext), "has a Orchestration trigger, and so must be a TaskOrchestrationContext")]
    [InlineData(typeof(WrongClient), "has [DurableClient], and so must be a DurableTaskClient")]
    [InlineData(typeof(ByReference), "is passed by reference")]
    [InlineData(typeof(TwoInputs), "several parameters would take the whole input")]
    [InlineData(typeof(TypedActionResult), "ActionResult<T>, which the isolated worker does not execute")]
    [InlineData(typeof(NotPublic), "a function is a public method of a public class")]
    [InlineData(typeof(AsyncVoid), "'async void'")]
    [InlineData(typeof(BadName), "function 'not a name'", "a function's name is a letter, then")]
    public void An_app_with_a_bad_function_does_not_start(Type type, params string[] expected)
    {
        EmbeddedAppBuilder builder = TestApp.NewBuilder([type]);

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => builder.Build());

        Assert.StartsWith("The function app cannot start: ", refusal.Message, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, refusal.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void All_problems_are_named_at_once()
    {
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(
            () => FunctionCatalog.Discover([typeof(NoTrigger), typeof(AdminRoute)]));

        Assert.Contains("NoTrigger", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("AdminRoute", refusal.Message, StringComparison.Ordinal);
    }

    public class TwoOfOneName
    {
        [Function("Same")]
        public void First([TimerTrigger("0 0 * * * *")] TimerInfo timer)
        {
        }

        [Function("same")]
        public void Second([ActivityTrigger] string input)
        {
        }
    }

    public class TwoActivitiesOfOneName
    {
        [Function("a")]
        public void First([ActivityTrigger(Activity = "shared")] string input)
        {
        }

        [Function("b")]
        public void Second([ActivityTrigger(Activity = "Shared")] string input)
        {
        }
    }

    public class AdminRoute
    {
        [Function("f")]
        public void Run([HttpTrigger(Route = "Administer/{id}")] HttpRequest request, string id)
        {
        }
    }

    public class RuntimeRoute
    {
        [Function("f")]
        public void Run([HttpTrigger(Route = "/runtime")] HttpRequest request)
        {
        }
    }

    public class NoTrigger
    {
        [Function("f")]
        public void Run(FunctionContext context)
        {
        }
    }

    public class TwoTriggers
    {
        [Function("f")]
        public void Run([ActivityTrigger] string input, [QueueTrigger("q")] string message)
        {
        }
    }

    public class UnknownParameter
    {
        [Function("f")]
        public void Run([ActivityTrigger] string input, string other)
        {
        }
    }

    public class NotInRoute
    {
        [Function("f")]
        public void Run([HttpTrigger(Route = "items/{key}")] HttpRequest request, string id)
        {
        }
    }

    public class UnreadableRoute
    {
        [Function("f")]
        public void Run([HttpTrigger(Route = "items/{key}")] HttpRequest request, Stream key)
        {
        }
    }

    public class WrongRequest
    {
        [Function("f")]
        public void Run([HttpTrigger] string request)
        {
        }
    }

    public class WrongContext
    {
        [Function("f")]
        public void Run([OrchestrationTrigger] string context)
        {
        }
    }

    public class WrongClient
    {
        [Function("f")]
        public void Run([ActivityTrigger] string input, [DurableClient] object client)
        {
        }
    }

    public class ByReference
    {
        [Function("f")]
        public void Run([ActivityTrigger] ref string input) => input = "";
    }

    public class TwoInputs
    {
        [Function("f")]
        public void Run([OrchestrationTrigger] TaskOrchestrationContext context, string one, string two)
        {
        }
    }

    public class TypedActionResult
    {
        [Function("f")]
        public Task<ActionResult<string>> Run([HttpTrigger] HttpRequest request, [DurableClient] DurableTaskClient client) =>
            Task.FromResult<ActionResult<string>>("");
    }

    public class NotPublic
    {
        [Function("f")]
        internal void Run([ActivityTrigger] string input)
        {
        }
    }

    public class AsyncVoid
    {
        [Function("f")]
        public async void Run([ActivityTrigger] string input) => await Task.Yield();
    }

    public class BadName
    {
        [Function("not a name")]
        public void Run([ActivityTrigger] string input)
        {
        }
    }
}
