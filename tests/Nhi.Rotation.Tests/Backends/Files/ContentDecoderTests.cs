using System.Text;
using CsCheck;
using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class ContentDecoderTests
{
    private static readonly FileErrors Errors = new(FileFixture.Name);

    // Any text without NUL and lone surrogates that neither begins with a byte order mark nor ends in a line ending.
    private static readonly Gen<string> Value = Gen.String
        .Select(s => new string([.. s.Where(c => c != '\0' && !char.IsSurrogate(c))]).TrimStart('\uFEFF').TrimEnd('\n', '\r'))
        .Where(s => s.Length > 0);

    private static readonly Gen<string> LineEnding = Gen.Bool.Select(isLong => isLong ? "\r\n" : "\n");

    private static readonly Gen<string> LineEndings = LineEnding.Array[0, 4].Select(string.Concat);

    [Fact]
    public void One_line_ending_is_removed_and_everything_else_is_kept()
    {
        Gen.Select(Value, LineEndings, LineEnding).Sample((value, kept, last) =>
            Decode(TrailingNewline.TrimOne, value + kept + last) == value + kept);
    }

    [Fact]
    public void Text_without_a_line_ending_is_kept_whole()
    {
        Value.Sample(value => Decode(TrailingNewline.TrimOne, value) == value);
    }

    [Fact]
    public void All_line_endings_are_removed_when_asked_for()
    {
        Gen.Select(Value, LineEndings).Sample((value, endings) => Decode(TrailingNewline.TrimAll, value + endings) == value);
    }

    [Fact]
    public void Text_is_kept_whole_when_asked_for()
    {
        Gen.Select(Value, LineEndings).Sample((value, endings) => Decode(TrailingNewline.Keep, value + endings) == value + endings);
    }

    [Theory]
    [InlineData("a\r", "a\r")]
    [InlineData("a\n\r", "a\n\r")]
    [InlineData("a\r\r\n", "a\r")]
    [InlineData(" a \n", " a ")]
    [InlineData("a\nb\n", "a\nb")]
    public void A_lone_carriage_return_and_blanks_are_content(string file, string value)
    {
        Assert.Equal(value, Decode(TrailingNewline.TrimOne, file));
    }

    [Fact]
    public void Any_bytes_pass_as_binary()
    {
        var decoder = new ContentDecoder(new FileBackendOptions { Content = FileContent.Binary });

        Gen.Byte.Array[1, 200].Sample(bytes => decoder.Decode(bytes, "p", Errors).Span.SequenceEqual(bytes));
    }

    [Fact]
    public void Any_bytes_as_text_give_themselves_or_an_error_and_nothing_else()
    {
        var decoder = new ContentDecoder(new FileBackendOptions { Newline = TrailingNewline.Keep });

        Gen.Byte.Array[1, 50].Where(static bytes => !TextFile.IsUtf16(bytes)).Sample(bytes =>
        {
            try
            {
                var value = decoder.Decode(bytes, "p", Errors).ToArray();
                return bytes.AsSpan().EndsWith(value) && new UTF8Encoding(false, true).GetString(value).Length > 0;
            }
            catch (BackendException e)
            {
                return e.Failure == BackendFailure.InvalidContent;
            }
        });
    }

    [Fact]
    public void Any_text_survives_as_a_json_field()
    {
        var decoder = new ContentDecoder(new FileBackendOptions { JsonField = "password" });

        Value.Sample(value =>
        {
            var json = "{\"password\":" + System.Text.Json.JsonSerializer.Serialize(value) + "}";
            return Encoding.UTF8.GetString(decoder.Decode(Encoding.UTF8.GetBytes(json), "p", Errors).Span) == value;
        });
    }

    private static string Decode(TrailingNewline newline, string file) =>
        Encoding.UTF8.GetString(new ContentDecoder(new FileBackendOptions { Newline = newline }).Decode(Encoding.UTF8.GetBytes(file), "p", Errors).Span);
}
