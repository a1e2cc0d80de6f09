using System.Text;

namespace Preempt.Analyzers;

/// <summary>
/// A path into the input that a key template names, such as <c>input.items[0].sku</c>. A template that cannot be read has none: the app says so
/// when it starts.
/// </summary>
internal sealed class KeyPath
{
    private KeyPath(string text, IReadOnlyList<string?> steps)
    {
        Text = text;
        Steps = steps;
    }

    public string Text { get; }

    /// <summary>Names of properties; null stands for an item of an array.</summary>
    public IReadOnlyList<string?> Steps { get; }

    /// <summary>The paths of a template's placeholders.</summary>
    public static IEnumerable<KeyPath> FindAll(string template)
    {
        for (int position = 0; position < template.Length; position++)
        {
            if (template[position] != '{')
                continue;
            if (position + 1 < template.Length && template[position + 1] == '{')
            {
                position++;
                continue;
            }

            if (Read(template, position + 1) is { } path)
                yield return path;
        }
    }

    private static KeyPath? Read(string template, int position)
    {
        while (position < template.Length && char.IsWhiteSpace(template[position]))
            position++;
        int start = position;
        if (ReadName(template, ref position) != "input")
            return null;
        List<string?> steps = [];
        while (position < template.Length && template[position] is '.' or '[')
        {
            if (!TryReadStep(template, ref position, out string? step))
                return null;
            steps.Add(step);
        }

        return new KeyPath(template.Substring(start, position - start), steps);
    }

    private static bool TryReadStep(string template, ref int position, out string? step)
    {
        step = null;
        if (template[position++] == '.')
        {
            step = ReadName(template, ref position);
            return step.Length > 0;
        }

        if (position < template.Length && template[position] == '\'')
        {
            step = ReadQuoted(template, ref position);
        }
        else
        {
            while (position < template.Length && char.IsDigit(template[position]))
                position++;
        }

        return position < template.Length && template[position++] == ']';
    }

    private static string ReadName(string template, ref int position)
    {
        int start = position;
        while (position < template.Length && (char.IsLetterOrDigit(template[position]) || template[position] is '_' or '-'))
            position++;
        return template.Substring(start, position - start);
    }

    /// <summary>Text in single quotes; a quote inside is doubled.</summary>
    private static string ReadQuoted(string template, ref int position)
    {
        StringBuilder text = new();
        for (position++; position < template.Length; position++)
        {
            if (template[position] != '\'')
            {
                text.Append(template[position]);
            }
            else if (position + 1 < template.Length && template[position + 1] == '\'')
            {
                text.Append('\'');
                position++;
            }
            else
            {
                position++;
                break;
            }
        }

        return text.ToString();
    }
}
