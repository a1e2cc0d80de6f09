using Microsoft.AspNetCore.Http;

namespace Preempt.Http;

/// <summary>Reads the body of a request into memory, up to a bound.</summary>
internal static class BoundedBody
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Reads the whole body; null where it has more than <paramref name="max"/> bytes.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int max)
    {
        if (request.ContentLength > max)
            return null;
        using MemoryStream body = new();
        byte[] buffer = new byte[BufferSize];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            body.Write(buffer, 0, read);
            if (body.Length > max)
                return null;
        }

        return body.ToArray();
    }
}
