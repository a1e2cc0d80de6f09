using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Preempt;

/// <summary>
/// The rules of run ids. An id made here is <c>{workflow}:{key hash}:{uuid}</c>: its prefixes list the runs of a workflow, or of one
/// key of it, and within a prefix ordinal order is the order of queuing. Users may choose other ids, see <see cref="Validate"/>.
/// </summary>
public static class RunId
{
    /// <summary>The longest run id, in characters. The longest that <see cref="Create"/> makes is as long.</summary>
    public const int MaxLength = 100;

    /// <summary>Stands for the key hash of a run without a key.</summary>
    public const string NoKey = "-";

    /// <summary>The bytes of entropy that <see cref="Create"/> takes.</summary>
    public const int EntropyLength = 8;

    private const int Shards = 32;
    private const char Separator = ':';
    private const int KeyHashLength = 26;
    private const string Base32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    private static readonly SearchValues<char> Base32Characters = SearchValues.Create(Base32Alphabet);

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:~");

    /// <summary>
    /// What stands for a concurrency key in ids: 128 bits of the SHA-256 of its UTF-8 text, as 26 characters of lower-case base32;
    /// <see cref="NoKey"/> for null.
    /// </summary>
    public static string HashKey(string? key)
    {
        if (key is null) return NoKey;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return string.Create(KeyHashLength, BinaryPrimitives.ReadUInt128BigEndian(hash), static (characters, bits) =>
        {
            // 26 characters hold 130 bits: the first 25 take 125, the last one the 3 that are left, at its upper end.
            for (int i = 0; i < KeyHashLength - 1; i++) characters[i] = Base32Alphabet[(int)(bits >> (123 - 5 * i)) & 31];
            characters[^1] = Base32Alphabet[(int)(bits << 2) & 31];
        });
    }

    /// <summary>Makes the id of a new run.</summary>
    /// <param name="workflow">The workflow's name.</param>
    /// <param name="keyHash">The key's hash, from <see cref="HashKey"/>.</param>
    /// <param name="queuedAt">When the run was queued, 1970 or later. Ids order by it, to the 100 ns.</param>
    /// <param name="entropy">8 random bytes, 60 bits of which keep ids of the same time apart.</param>
    /// <exception cref="ArgumentException">The name, the hash or the length of the entropy is not valid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is before 1970.</exception>
    public static string Create(string workflow, string keyHash, DateTimeOffset queuedAt, ReadOnlySpan<byte> entropy)
    {
        if (!IsKeyHash(keyHash)) throw new ArgumentException($"{Excerpt.Of(keyHash)} is not a key hash", nameof(keyHash));
        return $"{Prefix(workflow)}{keyHash}{Separator}{TimeOrderedUuid(queuedAt, entropy)}";
    }

    /// <summary>Takes an id of the form <c>{workflow}:{key hash}:{rest}</c> apart; false for any other id.</summary>
    /// <param name="id">The id.</param>
    /// <param name="workflow">A valid workflow name.</param>
    /// <param name="keyHash">A key hash, or <see cref="NoKey"/>.</param>
    /// <param name="rest">What follows: the uuid, or whatever else makes the id unique; never empty.</param>
    public static bool TryParse(
        string? id, [NotNullWhen(true)] out string? workflow, [NotNullWhen(true)] out string? keyHash, [NotNullWhen(true)] out string? rest)
    {
        (workflow, keyHash, rest) = (null, null, null);
        if (id is null || Validate(id) is not null) return false;
        if (id.Split(Separator, 3) is not [var first, var second, { Length: > 0 } third]) return false;
        if (WorkflowNames.Validate(first) is not null || !IsKeyHash(second)) return false;

        (workflow, keyHash, rest) = (first, second, third);
        return true;
    }

    /// <summary>
    /// Checks an id that a user chose: 1 to 100 ASCII letters, digits and <c>- _ . : ~</c>, the first a letter or a digit. Durable Functions
    /// accepts more than it survives, and under ids that begin with a sign Preempt keeps what it needs beside runs.
    /// </summary>
    /// <returns>What is wrong with the id, or null when it is valid.</returns>
    public static string? Validate(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        const string Rule =
            "a run id has 1 to 100 characters: a letter or a digit, then letters a-z and A-Z, digits, \"-\", \"_\", \".\", \":\" and \"~\"";
        return (id.Length, id.AsSpan().IndexOfAnyExcept(IdCharacters)) switch
        {
            (0 or > MaxLength, _) => $"run id {Excerpt.Of(id)}: it has {id.Length} characters; {Rule}",
            (_, >= 0 and var position) => $"run id {Excerpt.Of(id, position)}: not allowed there; {Rule}",
            _ => char.IsAsciiLetterOrDigit(id[0]) ? null : $"run id {Excerpt.Of(id)}: ids that begin with a sign are Preempt's own; {Rule}",
        };
    }

    /// <summary>
    /// One of 32, always the same for a text: for what is spread over several entities. An entity does one thing at a time, so that one slow thing
    /// should not hold up those of many runs; and none is ever removed, so that there should not be one for each run.
    /// </summary>
    internal static int ShardOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[0] % Shards;

    /// <summary>What the ids of all runs of a workflow begin with.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static string Prefix(string workflow) => WorkflowNames.Validate(workflow) is { } error
        ? throw new ArgumentException(error, nameof(workflow))
        : $"{workflow}{Separator}";

    /// <summary>What the ids of all runs of a workflow with this key begin with; null: of those without a key.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    public static string Prefix(string workflow, string? key) => $"{Prefix(workflow)}{HashKey(key)}{Separator}";

    private static bool IsKeyHash(string text) =>
        text == NoKey || (text.Length == KeyHashLength && !text.AsSpan().ContainsAnyExcept(Base32Characters));

    /// <summary>
    /// A version 7 uuid (RFC 9562) with the fraction of its millisecond in 14 bits. RFC method 3 has 12, in rand_a, but a step of those
    /// is 244 ns; the two bits that tell 100 ns apart follow at the top of rand_b.
    /// </summary>
    private static string TimeOrderedUuid(DateTimeOffset time, ReadOnlySpan<byte> entropy)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, DateTimeOffset.UnixEpoch);
        if (entropy.Length != EntropyLength) throw new ArgumentException($"8 bytes are needed, not {entropy.Length}", nameof(entropy));

        (long milliseconds, long ticks) = Math.DivRem(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, TimeSpan.TicksPerMillisecond);
        ulong fraction = (ulong)((ticks << 14) / TimeSpan.TicksPerMillisecond);
        ulong random = BinaryPrimitives.ReadUInt64BigEndian(entropy);

        ulong high = (ulong)milliseconds << 16 | 0x7UL << 12 | fraction >> 2;
        ulong low = 0b10UL << 62 | (fraction & 0b11) << 60 | random >> 4;
        return $"{high:x16}{low:x16}";
    }
}
