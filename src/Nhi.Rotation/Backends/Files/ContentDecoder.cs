using System.Text;
using System.Text.Unicode;
using Nhi.Rotation.Identity;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Turns a file's bytes into a value's bytes, as the options say.</summary>
internal sealed class ContentDecoder
{
    private readonly FileContent _content;
    private readonly TrailingNewline _newline;
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
            text = Encoding.UTF8.GetBytes(JsonSecret.ReadField(text, _jsonField, errors.CredentialName, $"'{path}'"));
        }

        var value = text[..ValueText.LengthWithoutNewline(text.Span, _newline)];
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
}
