using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Polly.Timeout;
using Preempt.Client.Json;

namespace Preempt.Client;

/// <summary>Sends a call, and makes of its answer a value or an exception.</summary>
internal sealed class ApiCalls(HttpClient http, PreemptClientOptions options)
{
    private readonly Uri _address = options.ApiAddress;

    /// <summary>Reads what is at a path.</summary>
    /// <param name="path">The path, relative to the API.</param>
    /// <param name="wait">How long the app may wait before it answers.</param>
    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken, TimeSpan wait = default) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Get, Locate(path)), wait, cancellationToken);

    /// <summary>Sends a body.</summary>
    public Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(MakePost(path, body), TimeSpan.Zero, cancellationToken);

    /// <summary>Sends a body, with an idempotency key if there is one; says besides whether the app did now what it was asked.</summary>
    public async Task<(T Value, bool IsNew)> PostOnceAsync<T>(
        string path, object body, string? idempotencyKey, CancellationToken cancellationToken)
    {
        HttpRequestMessage request = MakePost(path, body);
        if (idempotencyKey is not null)
            request.Headers.Add(Retrying.IdempotencyHeader, idempotencyKey);
        using HttpResponseMessage response = await SendAsync(request, TimeSpan.Zero, cancellationToken);
        return (await Answers.ReadAsync<T>(response, cancellationToken), response.StatusCode == HttpStatusCode.Accepted);
    }

    /// <summary>Puts a body at a path; doing so twice is the same as once.</summary>
    public Task<T> PutAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(Make(HttpMethod.Put, path, body), TimeSpan.Zero, cancellationToken);

    /// <summary>Removes what is at a path, and reads what is left.</summary>
    public Task<T> DeleteAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(new HttpRequestMessage(HttpMethod.Delete, Locate(path)), TimeSpan.Zero, cancellationToken);

    /// <summary>Removes what is at a path.</summary>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken) =>
        (await SendAsync(new HttpRequestMessage(HttpMethod.Delete, Locate(path)), TimeSpan.Zero, cancellationToken)).Dispose();

    private HttpRequestMessage MakePost(string path, object body) => Make(HttpMethod.Post, path, body);

    private HttpRequestMessage Make(HttpMethod method, string path, object body)
    {
        // As bytes, so that a retry can send them again.
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(body, ClientJson.Options));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(method, Locate(path)) { Content = content };
    }

    private Uri Locate(string path) => new(_address, path);

    private async Task<T> SendAsync<T>(HttpRequestMessage request, TimeSpan wait, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(request, wait, cancellationToken);
        return await Answers.ReadAsync<T>(response, cancellationToken);
    }

    /// <summary>The answer, with all of its body, if it is a good one.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan wait, CancellationToken cancellationToken)
    {
        using HttpRequestMessage sent = request;
        sent.Options.Set(Retrying.Wait, wait);
        if (options.ApiKey is { } key)
            sent.Headers.Add(PreemptClientOptions.KeyHeader, key);
        HttpResponseMessage? response = null;
        try
        {
            response = await SendHeadersAsync(sent, cancellationToken);
            await LoadAsync(response, sent, cancellationToken);
            return response.IsSuccessStatusCode ? response : throw await Answers.ReadErrorAsync(response, options, cancellationToken);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendHeadersAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (TimeoutRejectedException exception)
        {
            throw Late(request, exception);
        }
    }

    private async Task LoadAsync(HttpResponseMessage response, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            await response.Content.LoadIntoBufferAsync(options.MaxResponseBytes, limit.Token);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new UnexpectedAnswerException(
                $"{request.Method} {request.RequestUri}: the response has more than {options.MaxResponseBytes} bytes (MaxResponseBytes).",
                response.StatusCode);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(request, exception);
        }
    }

    private TimeoutException Late(HttpRequestMessage request, Exception exception) => new(
        $"{request.Method} {request.RequestUri}: no response within {Retrying.LimitOf(request, options).TotalSeconds:0.###} seconds.",
        exception);
}
