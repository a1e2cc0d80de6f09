using System.Text;

namespace Preempt;

/// <summary>What a supervisor is told: which process to start. It is the first thing in the supervisor's standard input.</summary>
/// <param name="Secret">What the supervisor's own message begins with, so that it is not taken for the process's.</param>
/// <param name="Program">The program's path.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Environment">Its whole environment.</param>
/// <param name="StandardInput">What it reads.</param>
/// <param name="Notice">How long it may take to end by itself.</param>
internal sealed record ProcessOrder(
    string Secret,
    string Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string StandardInput,
    TimeSpan Notice)
{
    public byte[] ToBytes()
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes, Encoding.UTF8);
        writer.Write(Secret);
        writer.Write(Program);
        writer.Write(Arguments.Count);
        foreach (string argument in Arguments)
            writer.Write(argument);
        writer.Write(Environment.Count);
        foreach ((string name, string value) in Environment)
        {
            writer.Write(name);
            writer.Write(value);
        }

        writer.Write(StandardInput);
        writer.Write(Notice.Ticks);
        writer.Flush();
        return bytes.ToArray();
    }

    /// <exception cref="EndOfStreamException">The host died meanwhile.</exception>
    public static ProcessOrder Read(Stream stream)
    {
        using BinaryReader reader = new(stream, Encoding.UTF8, leaveOpen: true);
        string secret = reader.ReadString();
        string program = reader.ReadString();
        string[] arguments = new string[reader.ReadInt32()];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = reader.ReadString();
        Dictionary<string, string> environment = [];
        for (int rest = reader.ReadInt32(); rest > 0; rest--)
            environment.Add(reader.ReadString(), reader.ReadString());
        return new ProcessOrder(secret, program, arguments, environment, reader.ReadString(), TimeSpan.FromTicks(reader.ReadInt64()));
    }
}
