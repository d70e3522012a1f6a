namespace Nhi.Rotation.Cli.Output;

/// <summary>Rows in columns, the header first.</summary>
internal static class TextTable
{
    public static void Write(TextWriter output, string[][] rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(TerminalText.Of(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
        }
    }
}
