using System.Text.Json;

namespace Preempt.Cli.Commands;

/// <summary>JSON as it is given on the command line: in place, as <c>@file</c>, or as <c>-</c> for the standard input.</summary>
internal static class JsonInput
{
    /// <summary>The app takes no more.</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <exception cref="UsageException">It cannot be read, or is not JSON.</exception>
    public static async Task<JsonElement?> ReadAsync(string? given, string option, CancellationToken cancellationToken)
    {
        if (given is null)
            return null;
        ReadOnlyMemory<byte> json = given switch
        {
            "-" => await ReadStreamAsync(Console.OpenStandardInput(), "the standard input", option, cancellationToken),
            ['@', .. var path] => await ReadFileAsync(path, option, cancellationToken),
            _ => System.Text.Encoding.UTF8.GetBytes(given),
        };
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new UsageException(
                $"{option}: not JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: {Reason(exception)} "
                + "Give it as '{\"name\": 1}', as @file, or as - for the standard input.");
        }
    }

    /// <summary>The message without the place, which it counts from 0.</summary>
    private static string Reason(JsonException exception) => exception.Message.Split(" LineNumber:", 2)[0];

    private static async Task<ReadOnlyMemory<byte>> ReadFileAsync(string path, string option, CancellationToken cancellationToken)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return await ReadStreamAsync(file, path, option, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option}: the file \"{path}\" cannot be read: {exception.Message}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadStreamAsync(
        Stream stream, string name, string option, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[MaxBytes + 1];
        int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MaxBytes)
            throw new UsageException($"{option}: {name} has more than {MaxBytes} bytes (1 MiB), which is the most that the app accepts.");
        ReadOnlySpan<byte> mark = [0xef, 0xbb, 0xbf];
        return buffer.AsMemory(0, length)[(buffer.AsSpan(0, length).StartsWith(mark) ? mark.Length : 0)..];
    }
}
