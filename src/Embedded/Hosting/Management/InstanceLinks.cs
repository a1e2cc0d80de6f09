using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>What can be done with an instance, as addresses. A key that came in the query is handed on.</summary>
internal sealed record InstanceLinks(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("statusQueryGetUri")] string Status,
    [property: JsonPropertyName("sendEventPostUri")] string SendEvent,
    [property: JsonPropertyName("terminatePostUri")] string Terminate,
    [property: JsonPropertyName("suspendPostUri")] string Suspend,
    [property: JsonPropertyName("resumePostUri")] string Resume,
    [property: JsonPropertyName("restartPostUri")] string Restart,
    [property: JsonPropertyName("purgeHistoryDeleteUri")] string Purge)
{
    /// <summary>How long a caller should wait before it asks for the status again, in seconds.</summary>
    private const string PollingInterval = "10";

    public static InstanceLinks Of(string instanceId, HttpRequest request)
    {
        string instance = $"{request.Scheme}://{request.Host}{ManagementApi.Prefix}/instances/{Uri.EscapeDataString(instanceId)}";
        string? code = request.Query["code"].ToString() is { Length: > 0 } key ? $"code={Uri.EscapeDataString(key)}" : null;
        string alone = code is null ? "" : $"?{code}";
        string further = code is null ? "" : $"&{code}";
        return new(
            instanceId,
            instance + alone,
            $"{instance}/raiseEvent/{{eventName}}{alone}",
            $"{instance}/terminate?reason={{text}}{further}",
            $"{instance}/suspend?reason={{text}}{further}",
            $"{instance}/resume?reason={{text}}{further}",
            $"{instance}/restart{alone}",
            instance + alone);
    }

    /// <summary>Points a caller at the status, for the pattern of polling until the answer is no longer 202.</summary>
    public void Announce(HttpResponse response)
    {
        response.Headers.Location = Status;
        response.Headers.RetryAfter = PollingInterval;
    }
}
