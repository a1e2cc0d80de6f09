using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Preempt.Embedded.Hosting;

namespace Preempt.Embedded.Tests.Hosting;

public class HttpRouteTests
{
    [Theory]
    [InlineData("items/{id}", "get", "ITEMS/{key}", "GET", "get")]
    [InlineData("items/{id}", "get post", "/items/{id}", "put post", "post")]
    [InlineData("items", "", "items", "delete", "delete")]
    [InlineData("items", "delete", "items", "", "delete")]
    [InlineData("items", "", "items", "", "any")]
    [InlineData("f", "get", null, "get", "get")]
    [InlineData("a/{*rest}", "get", "a/{**all}", "get", "get")]
    [InlineData("a/{id:int}-x", "get", "a/{n:int}-X", "get", "get")]
    public void Routes_that_differ_in_names_only_share_their_methods(
        string? first, string methods, string? second, string others, string shared) =>
        Assert.Equal(shared, Route(first, methods).MethodSharedWith(Route(second, others)));

    [Theory]
    [InlineData("items/{id}", "get", "items/{id}", "post")]
    [InlineData("items/{id}", "", "items", "")]
    [InlineData("items/{id:int}", "get", "items/{id:guid}", "get")]
    [InlineData("items/{id}", "get", "items/all", "get")]
    [InlineData("a/{*rest}", "get", "a/{one}", "get")]
    public void Other_routes_share_nothing(string? first, string methods, string? second, string others) =>
        Assert.Null(Route(first, methods).MethodSharedWith(Route(second, others)));

    [Fact]
    public void Two_functions_cannot_serve_one_method_of_a_route()
    {
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => FunctionCatalog.Discover([typeof(SameRoute)]));

        Assert.Contains("get of the route 'items/{id}' is served by First (", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(") and by Second (", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_that_cannot_be_read_is_refused()
    {
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => FunctionCatalog.Discover([typeof(BadRoute)]));

        Assert.Contains("function 'Bad'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("its route 'items/{id' cannot be read", refusal.Message, StringComparison.Ordinal);
    }

    private static HttpRoute Route(string? route, string methods) =>
        HttpRoute.Of("F", new HttpTriggerAttribute(methods.Split(' ', StringSplitOptions.RemoveEmptyEntries)) { Route = route });

    public class SameRoute
    {
        [Function(nameof(First))]
        public string First([HttpTrigger("get", Route = "items/{id}")] HttpRequest request, string id) => id;

        [Function(nameof(Second))]
        public string Second([HttpTrigger("get", "post", Route = "Items/{key}")] HttpRequest request, string key) => key;
    }

    public class BadRoute
    {
        [Function(nameof(Bad))]
        public string Bad([HttpTrigger("get", Route = "items/{id")] HttpRequest request) => "";
    }
}
