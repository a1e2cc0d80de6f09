using System.Text;

namespace Preempt;

/// <summary>Reads an output of a process to its end: hands on its lines, and keeps its last characters. Uses bounded memory.</summary>
internal sealed class ProcessOutput(TextReader reader, int maxLineLength, int maxKept, Action<string> onLine)
{
    private const int BufferSize = 4_096;

    private readonly StringBuilder _line = new();
    private readonly StringBuilder _end = new();
    private bool _isCut;

    public async Task ReadAsync()
    {
        char[] buffer = new char[BufferSize];
        while (await reader.ReadAsync(buffer) is > 0 and int count)
        {
            Take(buffer.AsSpan(0, count));
            _end.Append(buffer, 0, count);
            if (_end.Length > 2 * (maxKept + BufferSize))
                _end.Remove(0, _end.Length - maxKept);
        }

        if (_line.Length > 0)
            EndLine();
    }

    /// <summary>The last characters, so many at most.</summary>
    public string End(int length)
    {
        int start = Math.Max(0, _end.Length - Math.Min(length, maxKept));
        // Half a character at the beginning is nobody's.
        if (start > 0 && start < _end.Length && char.IsLowSurrogate(_end[start]))
            start++;
        return _end.ToString(start, _end.Length - start);
    }

    private void Take(ReadOnlySpan<char> text)
    {
        while (text.IndexOf('\n') is >= 0 and int end)
        {
            Append(text[..end]);
            EndLine();
            text = text[(end + 1)..];
        }

        Append(text);
    }

    private void Append(ReadOnlySpan<char> text)
    {
        int room = maxLineLength - _line.Length;
        _isCut |= text.Length > room;
        _line.Append(text[..Math.Min(text.Length, room)]);
    }

    private void EndLine()
    {
        string line = _line.ToString().TrimEnd('\r');
        onLine(_isCut ? line + "…" : line);
        _line.Clear();
        _isCut = false;
    }
}
