using System.Text;
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

        var text = TextFile.Read(file, path, errors);
        if (_jsonField is not null)
        {
            text = Encoding.UTF8.GetBytes(JsonSecret.ReadField(text, _jsonField, errors.CredentialName, $"'{path}'"));
        }

        var value = text[..ValueText.LengthWithoutNewline(text.Span, _newline)];
        return value.IsEmpty
            ? throw errors.Invalid($"'{path}' has nothing but a byte order mark or line endings", "Write the value into it; replace the file by a rename.")
            : value;
    }
}
