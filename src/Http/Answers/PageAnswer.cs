using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Preempt.Http;

/// <summary>An answer that is a page. Its own script and style run, those with the nonce in place of <c>{nonce}</c>, and no other.</summary>
internal sealed class PageAnswer(string html) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        string nonce = RandomNumberGenerator.GetHexString(32, lowercase: true);
        HttpResponse response = context.HttpContext.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
        await response.WriteAsync(html.Replace("{nonce}", nonce, StringComparison.Ordinal), context.HttpContext.RequestAborted);
    }
}
