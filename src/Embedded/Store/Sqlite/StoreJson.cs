using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.DurableTask;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>What an instance was started with, beside its name and input.</summary>
internal sealed record Origin(
    string? Version, DateTimeOffset? StartAt, ParentLink? Parent, ImmutableDictionary<string, string>? Tags)
{
    /// <summary>That of an instance about which there is nothing else to say.</summary>
    public static readonly Origin Plain = new(null, null, null, null);
}

/// <summary>How the store writes JSON. Payloads are strings in it: they come back letter for letter.</summary>
internal static class StoreJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        Encoder = Encoder,
        // The values of a failure's properties can be of any type.
        TypeInfoResolver = JsonTypeInfoResolver.Combine(StoreJsonContext.Default, new DefaultJsonTypeInfoResolver()),
    };

    public static readonly JsonTypeInfo<List<HistoryEvent>> Events = TypeInfo<List<HistoryEvent>>();

    public static readonly JsonTypeInfo<Delivery> Delivery = TypeInfo<Delivery>();

    public static readonly JsonTypeInfo<EntityRequest> Request = TypeInfo<EntityRequest>();

    public static readonly JsonTypeInfo<Origin> Origin = TypeInfo<Origin>();

    public static readonly JsonTypeInfo<TaskFailureDetails> Failure = TypeInfo<TaskFailureDetails>();

    /// <summary>Quotes in payloads are escaped in the shortest way; the text is never part of a page.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static JsonWriterOptions WriterOptions => new() { Encoder = Encoder, SkipValidation = true };

    /// <summary>Reads a value from a file that may be damaged.</summary>
    /// <param name="json">The value.</param>
    /// <param name="type">What it is.</param>
    /// <param name="findError">What is wrong with a value that is such JSON; null where it is whole.</param>
    /// <exception cref="InvalidDataException">It is something else; the message says what.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, Func<T, string?> findError)
        where T : class
    {
        T? value;
        try
        {
            value = JsonSerializer.Deserialize(json, type);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }

        string? error = value is null ? "it is null" : findError(value);
        return error is null ? value! : throw new InvalidDataException(error);
    }

    private static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}

[JsonSerializable(typeof(List<HistoryEvent>))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(EntityRequest))]
[JsonSerializable(typeof(Origin))]
[JsonSerializable(typeof(TaskFailureDetails))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class StoreJsonContext : JsonSerializerContext;
