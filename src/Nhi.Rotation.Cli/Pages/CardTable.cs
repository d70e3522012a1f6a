namespace Nhi.Rotation.Cli.Pages;

/// <summary>A table whose rows become cards, each cell with its column's name, where a screen is too narrow for it.</summary>
internal static class CardTable
{
    public static Html Of<T>(IReadOnlyList<T> rows, params CardColumn<T>[] columns) =>
        $"""
        <table class="cards"><thead><tr>{Html.Join(columns, static column => $"<th{Class(column)}>{column.Title}</th>")}</tr></thead><tbody>
        {Html.Join(rows, row => $"<tr>{Html.Join(columns, column => $"<td data-label=\"{column.Title}\"{Class(column)}>{column.Cell(row)}</td>")}</tr>\n")}</tbody></table>
        """;

    private static Html Class<T>(CardColumn<T> column) => column.IsNumber ? Html.Of($" class=\"number\"") : Html.Nothing;
}
