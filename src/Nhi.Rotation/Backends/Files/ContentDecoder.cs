using System.Text;
using System.Text.Unicode;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Turns a file's bytes into a value's bytes, as the options say.</summary>
internal sealed class ContentDecoder
{
    private readonly FileContent _content;
    private readonly FileNewline _newline;
    private readonly string? _jsonField;

    public ContentDecoder(FileBackendOptions options)
    {
        _content = options.Content;
        _newline = options.Newline;
        _jsonField = options.JsonField;
    }

    public ReadOnlyMemory<byte> Decode(ReadOnlyMemory<byte> file, string path, FileErrors errors)
    {
        if (_content == FileContent.Binary)
        {
            return file;
        }

        var text = CheckText(file, path, errors);
        if (_jsonField is not null)
        {
            return Encoding.UTF8.GetBytes(JsonSecret.ReadField(text, _jsonField, errors.CredentialName, $"'{path}'"));
        }

        var value = text[..TrimmedLength(text.Span)];
        return value.IsEmpty
            ? throw errors.Invalid($"'{path}' has nothing but a byte order mark or line endings", "Write the value into it; replace the file by a rename.")
            : value;
    }

    /// <summary>Text without its byte order mark.</summary>
    public static ReadOnlyMemory<byte> CheckText(ReadOnlyMemory<byte> file, string path, FileErrors errors)
    {
        var bytes = file.Span;
        if (bytes.StartsWith(Encoding.Unicode.Preamble) || bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
        {
            throw errors.Invalid($"'{path}' is UTF-16", "Save it as UTF-8, or set Content to Binary.");
        }

        if (bytes.Contains((byte)0))
        {
            throw errors.Invalid($"'{path}' has NUL bytes", "Write text, or set Content to Binary.");
        }

        if (!Utf8.IsValid(bytes))
        {
            throw errors.Invalid($"'{path}' is not valid UTF-8", "Save it as UTF-8, or set Content to Binary.");
        }

        return bytes.StartsWith(Encoding.UTF8.Preamble) ? file[Encoding.UTF8.Preamble.Length..] : file;
    }

    private int TrimmedLength(ReadOnlySpan<byte> text)
    {
        var length = text.Length;
        for (var removed = 0; _newline != FileNewline.Keep && length > 0 && text[length - 1] == '\n'; removed++)
        {
            if (_newline == FileNewline.TrimOne && removed == 1)
            {
                break;
            }

            length -= length > 1 && text[length - 2] == '\r' ? 2 : 1;
        }

        return length;
    }
}
