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

    public static ManagementException TooLarge(int max) => new(StatusCodes.Status413PayloadTooLarge, $"The body has more than {max} bytes, which is the most.");

    public static ManagementException NotJson(string? contentType) =>
        new(StatusCodes.Status415UnsupportedMediaType, $"The body is '{contentType}' by its Content-Type; application/json is expected.");

    public static ManagementException Gone(string message) => new(StatusCodes.Status410Gone, message);
}
