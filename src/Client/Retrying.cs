using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace Preempt.Client;

/// <summary>Which calls are tried again, when, and how long one try may take.</summary>
internal static class Retrying
{
    /// <summary>How long a call is to be answered by the app at the latest, beyond the options' timeout.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> Wait = new("Preempt.Wait");

    public const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>The longest pause that an app's <c>Retry-After</c> can ask for; if it asks for more, the caller gets the answer.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>The same for who has no service provider.</summary>
    public static HttpMessageHandler CreateHandler(PreemptClientOptions options, HttpMessageHandler inner)
    {
        ResiliencePipelineBuilder<HttpResponseMessage> pipeline = new();
        AddTo(pipeline, options);
        return new ResilienceHandler(pipeline.Build()) { InnerHandler = inner };
    }

    public static void AddTo(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, PreemptClientOptions options)
    {
        if (options.MaxRetries > 0)
        {
            pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.MaxRetries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = true,
                ShouldHandle = arguments => ValueTask.FromResult(CanRepeat(arguments.Context.GetRequestMessage()) && HasFailed(arguments)),
            });
        }

        pipeline.AddTimeout(new HttpTimeoutStrategyOptions
        {
            TimeoutGenerator = arguments => ValueTask.FromResult(LimitOf(arguments.Context.GetRequestMessage(), options)),
        });
    }

    /// <summary>How long one try of a request may take.</summary>
    public static TimeSpan LimitOf(HttpRequestMessage? request, PreemptClientOptions options) =>
        request is not null && request.Options.TryGetValue(Wait, out TimeSpan wait) ? options.Timeout + wait : options.Timeout;

    private static bool CanRepeat(HttpRequestMessage? request) =>
        request is not null && (request.Method == HttpMethod.Get || request.Headers.Contains(IdempotencyHeader));

    private static bool HasFailed(RetryPredicateArguments<HttpResponseMessage> arguments) =>
        HttpClientResiliencePredicates.IsTransient(arguments.Outcome) && !AsksForTooLong(arguments.Outcome.Result);

    private static bool AsksForTooLong(HttpResponseMessage? response) =>
        response is { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable, Headers.RetryAfter: { } after }
        && (after.Delta > LongestPause || after.Date - response.Headers.Date > LongestPause);
}
