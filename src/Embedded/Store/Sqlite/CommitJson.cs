using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Preempt.Embedded.Engine;

namespace Preempt.Embedded.Store.Sqlite;

/// <summary>
/// What a commit writes as JSON: its history, and then its deliveries and requests in order. Its sender makes it, so that the one
/// thread that writes has less to do.
/// </summary>
internal sealed class CommitJson
{
    /// <summary>A buffer that has grown larger than this is not kept.</summary>
    private const int MaxKept = 256 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    private readonly byte[] _bytes;
    private readonly int[] _ends;

    private CommitJson(byte[] bytes, int[] ends)
    {
        _bytes = bytes;
        _ends = ends;
    }

    public ReadOnlySpan<byte> History => Part(0);

    public ReadOnlySpan<byte> Message(int number) => Part(number + 1);

    private ReadOnlySpan<byte> Part(int number)
    {
        int start = number == 0 ? 0 : _ends[number - 1];
        return _bytes.AsSpan(start, _ends[number] - start);
    }

    public static CommitJson Of(Commit commit)
    {
        ArrayBufferWriter<byte> buffer = _buffer ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        using Utf8JsonWriter json = new(buffer, StoreJson.WriterOptions);
        int[] ends = new int[1 + commit.Deliveries.Count + commit.Requests.Count];
        int part = 0;
        if (commit.History.Count > 0)
            Add(commit.History, StoreJson.Events);
        ends[part++] = buffer.WrittenCount;
        foreach (Delivery delivery in commit.Deliveries)
            ends[part++] = Add(delivery, StoreJson.Delivery);
        foreach (EntityRequest request in commit.Requests)
            ends[part++] = Add(request, StoreJson.Request);
        byte[] bytes = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity > MaxKept)
            _buffer = null;
        return new CommitJson(bytes, ends);

        int Add<T>(T value, JsonTypeInfo<T> type)
        {
            json.Reset();
            JsonSerializer.Serialize(json, value, type);
            return buffer.WrittenCount;
        }
    }
}
