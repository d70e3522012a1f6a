using System.Buffers;

namespace Nhi.Rotation.Http;

/// <summary>What the value of a header may consist of: visible ASCII, with spaces inside (RFC 9110, section 5.5).</summary>
internal static class HeaderText
{
    public const string OuterSpace = "a space at its start or end";

    private static readonly SearchValues<char> Carried =
        SearchValues.Create(Enumerable.Range(0x20, 0x7F - 0x20).Select(static code => (char)code).ToArray());

    /// <summary>What is wrong with a text, in words that do not show it; <see langword="null"/> if nothing is.</summary>
    public static string? FindFault(string text)
    {
        var index = text.AsSpan().IndexOfAnyExcept(Carried);
        if (index >= 0)
        {
            return text[index] switch
            {
                '\r' or '\n' => "a line break",
                > '\x7F' => "a character outside ASCII",
                _ => "a control character",
            };
        }

        // A receiver strips outer spaces, so it would see another value.
        return text.StartsWith(' ') || text.EndsWith(' ') ? OuterSpace : null;
    }

    public static CredentialFormatException Refuse(Credential credential, string fault, string place) => new(
        credential.Name,
        $"the value of version '{credential.VersionId}' contains {fault}, which {place} cannot carry",
        "Store the value again without it; a line break often comes from the editor or from 'echo'.");
}
