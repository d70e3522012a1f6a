using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Reads the bytes of a text file as UTF-8. A byte order mark says how the file is encoded, so it is no part of the text.</summary>
internal static class TextFile
{
    /// <summary>Whether the file says of itself that it is UTF-16, as Windows PowerShell 5 writes it with <c>&gt;</c>.</summary>
    public static bool IsUtf16(ReadOnlySpan<byte> file) => file.StartsWith(Encoding.Unicode.Preamble) || file.StartsWith(Encoding.BigEndianUnicode.Preamble);

    /// <summary>The text, in UTF-8 and without its mark.</summary>
    /// <exception cref="BackendException">It is no text.</exception>
    public static ReadOnlyMemory<byte> Read(ReadOnlyMemory<byte> file, string path, FileErrors errors)
    {
        var text = IsUtf16(file.Span) ? FromUtf16(file.Span, path, errors) : file.Span.StartsWith(Encoding.UTF8.Preamble) ? file[Encoding.UTF8.Preamble.Length..] : file;
        if (text.Span.Contains((byte)0))
        {
            throw errors.Invalid($"'{path}' has NUL bytes", "Write text in UTF-8 without them, or set Content to Binary.");
        }

        return Utf8.IsValid(text.Span) ? text : throw errors.Invalid($"'{path}' is not valid UTF-8", "Save it as UTF-8, or set Content to Binary.");
    }

    private static byte[] FromUtf16(ReadOnlySpan<byte> file, string path, FileErrors errors)
    {
        var encoding = new UnicodeEncoding(bigEndian: file[0] == Encoding.BigEndianUnicode.Preamble[0], byteOrderMark: false, throwOnInvalidBytes: true);
        var characters = new char[file.Length / sizeof(char)];
        try
        {
            var count = encoding.GetChars(file[Encoding.Unicode.Preamble.Length..], characters);
            return Encoding.UTF8.GetBytes(characters, 0, count);
        }
        catch (DecoderFallbackException)
        {
            throw errors.Invalid($"'{path}' begins as UTF-16 and is not valid UTF-16", "Save it as UTF-8, or set Content to Binary.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(characters.AsSpan()));
        }
    }
}
