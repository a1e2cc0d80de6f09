namespace Preempt.EndToEnd.Hosting;

/// <summary>The latest lines of a process, for the messages of tests that fail.</summary>
internal sealed class OutputTail
{
    private const int MaxLines = 2000;

    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = [];

    public void Add(string line)
    {
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
                _lines.Dequeue();
        }
    }

    public string Where(Func<string, bool> condition)
    {
        lock (_lock)
            return string.Join('\n', _lines.Where(condition));
    }
}
