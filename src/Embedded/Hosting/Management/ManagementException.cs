using Microsoft.AspNetCore.Http;

namespace Preempt.Embedded.Hosting.Management;

/// <summary>A request that cannot be done, and the status that says so.</summary>
internal sealed class ManagementException(int status, string message) : Exception(message)
{
    public int Status => status;

    public static ManagementException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    public static ManagementException NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    public static ManagementException Conflict(string message) => new(StatusCodes.Status409Conflict, message);

    public static ManagementException PreconditionFailed(string message) => new(StatusCodes.Status412PreconditionFailed, message);

    public static ManagementException Gone(string message) => new(StatusCodes.Status410Gone, message);
}
