using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Pages;

/// <summary>A piece of a page. What is put into it is text, whatever it contains; only literals and other pieces are markup.</summary>
[InterpolatedStringHandler]
internal sealed class Html(int literalLength, int formattedCount)
{
    private readonly StringBuilder _markup = new(literalLength + (formattedCount * 16));

    /// <summary>Pieces one after the other.</summary>
    public static Html Join<T>(IEnumerable<T> all, Func<T, Html> piece)
    {
        var joined = new Html(0, 0);
        foreach (var one in all)
        {
            joined._markup.Append(piece(one)._markup);
        }

        return joined;
    }

    /// <summary>Nothing.</summary>
    public static Html Nothing => new(0, 0);

    /// <summary>Markup, as it is written.</summary>
    public static Html Of(Html markup) => markup;

    public void AppendLiteral(string markup) => _markup.Append(markup);

    public void AppendFormatted(Html? piece) => _markup.Append(piece?._markup);

    // What steers a terminal or turns the direction of a text is shown as its code here too.
    public void AppendFormatted(string? text) => _markup.Append(HtmlEncoder.Default.Encode(TerminalText.Of(text ?? string.Empty)));

    public void AppendFormatted(int number) => _markup.Append(CultureInfo.InvariantCulture, $"{number}");

    public void AppendFormatted(long number, string format) => AppendFormatted(number.ToString(format, CultureInfo.InvariantCulture));

    public void AppendFormatted(double number, string format) => AppendFormatted(number.ToString(format, CultureInfo.InvariantCulture));

    public override string ToString() => _markup.ToString();
}
