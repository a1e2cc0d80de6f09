using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Preempt.FunctionsHost.Protocol;

namespace Preempt.FunctionsHost.Invocations;

/// <summary>What WebJobs gets of a worker's answer.</summary>
internal static class ReturnValue
{
    /// <summary>A date in a result stays the text that it was.</summary>
    private static readonly JsonSerializerSettings AsWritten = new() { DateParseHandling = DateParseHandling.None };

    /// <summary>What the function returned.</summary>
    /// <exception cref="InvocationFailedException">It threw.</exception>
    /// <exception cref="TaskCanceledException">It gave in to the host's stop.</exception>
    public static object Read(InvocationResponse answer) => answer.Result.Status switch
    {
        StatusResult.Types.Status.Success => Read(answer.ReturnValue)!,
        StatusResult.Types.Status.Cancelled => throw new TaskCanceledException(),
        _ => throw new InvocationFailedException(answer.Result),
    };

    private static object? Read(TypedData? value) => value?.DataCase switch
    {
        TypedData.DataOneofCase.String => (object)value.String,
        TypedData.DataOneofCase.Json => JsonConvert.DeserializeObject<JToken>(value.Json, AsWritten),
        TypedData.DataOneofCase.Bytes => value.Bytes.ToByteArray(),
        TypedData.DataOneofCase.Int => value.Int,
        TypedData.DataOneofCase.Double => value.Double,
        _ => null,
    };
}
