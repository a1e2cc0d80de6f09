using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Preempt.Client;

/// <summary>Registers the client with an app's services.</summary>
public static class PreemptClientServices
{
    /// <summary>
    /// Adds <see cref="PreemptHttpClient"/>, whose connections <c>IHttpClientFactory</c> manages. Safe calls are retried, and
    /// redirects are not followed, so that the key is sent to no other host.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options. If they are invalid, the application does not start.</param>
    /// <returns>The builder, to add handlers of your own.</returns>
    /// <example><code>services.AddPreemptClient(client => client.BaseUrl = new Uri("https://app.example.com"));</code></example>
    public static IHttpClientBuilder AddPreemptClient(this IServiceCollection services, Action<PreemptClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddSingleton<IValidateOptions<PreemptClientOptions>, Validation>();
        services.AddOptions<PreemptClientOptions>().Configure(configure).ValidateOnStart();
        IHttpClientBuilder client = services
            .AddHttpClient(nameof(PreemptHttpClient), http => http.Timeout = Timeout.InfiniteTimeSpan)
            .AddTypedClient((http, provider) =>
                new PreemptHttpClient(http, provider.GetRequiredService<IOptions<PreemptClientOptions>>().Value))
            .ConfigurePrimaryHttpMessageHandler(CreateConnections)
            .RedactLoggedHeaders([PreemptClientOptions.KeyHeader]);
        client.AddResilienceHandler("preempt", (pipeline, context) =>
            Retrying.AddTo(pipeline, context.ServiceProvider.GetRequiredService<IOptions<PreemptClientOptions>>().Value));
        return client;
    }

    internal static SocketsHttpHandler CreateConnections() => new()
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private sealed class Validation : IValidateOptions<PreemptClientOptions>
    {
        public ValidateOptionsResult Validate(string? name, PreemptClientOptions options) => options.FindError() is { } error
            ? ValidateOptionsResult.Fail($"The Preempt client: {error}")
            : ValidateOptionsResult.Success;
    }
}
