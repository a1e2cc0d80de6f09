namespace Preempt.Cli.Output;

/// <summary>
/// Rows of cells. In a terminal in columns, with a header, the last cell of any length so that it can be copied whole; elsewhere with
/// tabs between the cells, for programs.
/// </summary>
internal sealed class Columns(Screen screen, params string[] names)
{
    private const int MaxWidth = 32;
    private readonly List<Piece[]> _rows = [];

    public void Add(params Piece[] cells) => _rows.Add([.. cells.Select(cell => cell with { Text = SafeText.Of(cell.Text) })]);

    public void Write()
    {
        if (!screen.IsTerminal)
        {
            foreach (Piece[] row in _rows)
                screen.WriteRow(row.Select(cell => cell.Text));
            return;
        }

        Piece[] header = [.. names.Select(name => new Piece(name.ToUpperInvariant(), Spectre.Console.Color.Grey))];
        int[] widths = [.. names.Select((_, index) => _rows.Append(header).Max(row => Math.Min(row[index].Text.Length, MaxWidth)))];
        foreach (Piece[] row in _rows.Prepend(header))
            screen.WriteLine([.. row.Select((cell, index) => index == names.Length - 1 ? cell : Fit(cell, widths[index]))]);
    }

    private static Piece Fit(Piece cell, int width)
    {
        string text = cell.Text.Length > width ? cell.Text[..(width - 1)] + "…" : cell.Text;
        return cell with { Text = text.PadRight(width + 2) };
    }
}
