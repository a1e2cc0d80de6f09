using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Preempt.Http.OpenApi;

namespace Preempt.Http;

/// <summary>A page for people, which uses the API like any other caller. It holds no data: what it shows it asks for, with the key it is given.</summary>
public static class DashboardEndpoint
{
    private static readonly Lazy<string> Page = new(Load);

    /// <summary><c>GET dashboard</c>: the page.</summary>
    [Function("PreemptHttpDashboard")]
    [ApiCall("The dashboard", MediaType = "text/html")]
    public static Task<IActionResult> Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "dashboard")] HttpRequest request) =>
        Api.AnswerAsync(request, () => new PageAnswer(Page.Value));

    private static string Load()
    {
        using Stream page = typeof(DashboardEndpoint).Assembly.GetManifestResourceStream("dashboard.html")!;
        using StreamReader reader = new(page);
        return reader.ReadToEnd();
    }
}
