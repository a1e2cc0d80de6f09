using System.Text.Json;

namespace Preempt;

/// <summary>What a caller calls a request, so that the app knows it when it comes again: 1 to 255 characters.</summary>
internal static class IdempotencyKey
{
    private const int MaxLength = 255;

    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public static string Check(string key) => key.Length is > 0 and <= MaxLength
        ? key
        : throw new InvalidRunException($"Idempotency-Key: 1 to {MaxLength} characters; these are {key.Length}.");

    /// <summary>What stands for a request in an id: made of the caller's key, or unlike any other.</summary>
    /// <param name="key">The caller's key; null without one.</param>
    /// <param name="scope">What the key is for: keys of different scopes have nothing to do with each other.</param>
    /// <exception cref="InvalidRunException">The key is not allowed.</exception>
    public static string Hash(string? key, string scope) =>
        key is null ? $"{Guid.CreateVersion7():N}" : RunId.HashKey($"{scope}\n{Check(key)}");

    /// <summary>What stands for all that a request says, to find that a key comes again with another request.</summary>
    public static string Fingerprint<T>(T request) => RunId.HashKey(JsonSerializer.Serialize(request));

    /// <summary>Holds a request against the one that the key was first used for.</summary>
    /// <param name="first">The fingerprint of the first request; null where it has none, as of an earlier release.</param>
    /// <param name="again">That of the request at hand.</param>
    /// <exception cref="IdempotencyKeyReusedException">They are not the same.</exception>
    public static void CheckSame(string? first, string? again)
    {
        if (first is not null && first != again)
            throw new IdempotencyKeyReusedException();
    }
}
