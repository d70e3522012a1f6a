using System.Globalization;
using System.Text;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Pages;

namespace Nhi.Rotation.Cli.Inventory;

/// <summary>The inventory for people and spreadsheets.</summary>
internal static class InventoryText
{
    /// <summary>What the columns are called.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["credential", "owner", "purpose", "backend", "held at", "service", "version", "consumers", "callers", "age", "last rotation", "expires", "last use", "notes"];

    /// <summary>A row for each service that has the credential.</summary>
    public static IEnumerable<string[]> Cells(CredentialRow row) => row.Services.Select(service => (string[])
    [
        row.Credential,
        CredentialRow.Words(row.Owners),
        CredentialRow.Words(row.Purposes),
        CredentialRow.Words(row.Backends),
        CredentialRow.Words(row.Locations),
        service.Name,
        CredentialRow.Words(service.Versions),
        service.Consumers.Count == 0 ? "none" : string.Join(", ", service.Consumers),
        string.Join(", ", service.Callers),
        row.AgeText,
        row.LastRotation is null ? "none seen" : Moments.Time(row.LastRotation),
        row.ExpiryText,
        service.LastUse is null ? "none seen" : Moments.Time(service.LastUse),
        string.Join("; ", row.Notes),
    ]);

    /// <summary>For a terminal: what fits beside each other.</summary>
    public static string Table(IReadOnlyList<CredentialRow> rows)
    {
        using var output = new StringWriter();
        TextTable.Write(output, [[.. Narrow(Columns)], .. rows.SelectMany(Cells).Select(static cells => Narrow(cells).ToArray())]);
        return output.ToString();
    }

    /// <summary>RFC 4180; what a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public static string Csv(IReadOnlyList<CredentialRow> rows)
    {
        var text = new StringBuilder();
        foreach (var cells in rows.SelectMany(Cells).Prepend([.. Columns]))
        {
            text.AppendJoin(',', cells.Select(CsvCell)).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>A table in Markdown.</summary>
    public static string Markdown(IReadOnlyList<CredentialRow> rows)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Columns)} |\n|{string.Concat(Enumerable.Repeat("---|", Columns.Count))}\n");
        foreach (var cells in rows.SelectMany(Cells))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells.Select(MarkdownCell))} |\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Narrow(IReadOnlyList<string> cells) => cells.Where((_, column) => Columns[column] is not ("held at" or "callers" or "purpose"));

    private static string CsvCell(string cell)
    {
        var text = TerminalText.Of(cell);
        if (text.TrimStart() is ['=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠', ..])
        {
            text = $"'{text}";
        }

        return text.AsSpan().IndexOfAny(",\"\r\n;") >= 0 || text.Length != text.Trim().Length ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    // Neither a column of its own, nor markup, nor a link.
    private static string MarkdownCell(string cell) =>
        string.Concat(TerminalText.Of(cell).Select(static sign => sign is '|' or '\\' or '`' or '*' or '_' or '[' or ']' or '~' or '!' or '#' ? $"\\{sign}" : sign is '<' ? "&lt;" : sign is '>' ? "&gt;" : sign is '&' ? "&amp;" : $"{sign}"));
}
