using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>Text and times, as they may stand anywhere in the page.</summary>
internal static class PageText
{
    // The page's size must not be for callers to choose, who name themselves.
    private const int MostOfSentence = 400;
    private const int MostOfName = 100;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Sentence(string text) => Encoder.Encode(Printable(text, MostOfSentence));

    public static string Name(string text) => Encoder.Encode(Printable(text, MostOfName));

    /// <summary>A link to a credential's own page; relative, so that it is right under any path base.</summary>
    public static string Link(string credentialName) => credentialName.Length > MostOfName
        ? Name(credentialName)
        : $"<a href=\"?credential={Encoder.Encode(Uri.EscapeDataString(credentialName))}\">{Name(credentialName)}</a>";

    public static string Time(DateTimeOffset time) => Tag(time, time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));

    /// <summary>Without the date, if it is today.</summary>
    public static string Time(DateTimeOffset time, DateTimeOffset now) =>
        time.UtcDateTime.Date == now.UtcDateTime.Date ? Tag(time, time.UtcDateTime.ToString("HH:mm:ss'Z'", CultureInfo.InvariantCulture)) : Time(time);

    private static string Tag(DateTimeOffset time, string text) => string.Create(CultureInfo.InvariantCulture, $"<time datetime=\"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\">{text}</time>");

    // Marks that turn the direction of writing would turn around what stands beside them; a control character is nothing to look at.
    private static string Printable(string text, int most)
    {
        var isCut = text.Length > most;
        var shown = new StringBuilder(isCut ? text[..most] : text);
        for (var i = 0; i < shown.Length; i++)
        {
            if (char.IsControl(shown[i]) || shown[i] is '\u061c' or (>= '\u200e' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))
            {
                shown[i] = '\ufffd';
            }
        }

        return (isCut ? shown.Append('…') : shown).ToString();
    }
}
