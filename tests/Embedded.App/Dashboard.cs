using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Preempt.Embedded.App;

/// <summary>A page at the route to which the root of an app leads.</summary>
public static class Dashboard
{
    [Function(nameof(Dashboard))]
    public static string Show([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard")] HttpRequest request) => request.Path;
}
