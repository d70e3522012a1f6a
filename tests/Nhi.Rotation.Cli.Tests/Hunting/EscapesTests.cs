using System.Net;
using System.Security;
using System.Text;
using System.Text.Json;
using Nhi.Rotation.Cli.Hunting;

namespace Nhi.Rotation.Cli.Tests.Hunting;

/// <summary>Encoders differ in what they escape, and how: a value is found whatever they did.</summary>
public sealed class EscapesTests
{
    private const string Value = "päss\"w\\ord/+=&<x> 'q'\n😀";

    public static TheoryData<string, string> Written => new()
    {
        { "Python's JSON", JsonSerializer.Serialize(Value).Replace("\\u0022", "\\\"", StringComparison.Ordinal).Replace("\\u002B", "+", StringComparison.Ordinal).Replace("\\u0026", "&", StringComparison.Ordinal) },
        { "lower-case JSON", JsonSerializer.Serialize(Value).Replace("\\u00E4", "\\u00e4", StringComparison.Ordinal) },
        { "PHP's JSON", JsonSerializer.Serialize(Value).Replace("/", "\\/", StringComparison.Ordinal) },
        { "JSON in JSON", JsonSerializer.Serialize(JsonSerializer.Serialize(new { key = Value })) },
        { "JSON in JSON in JSON", JsonSerializer.Serialize(JsonSerializer.Serialize(JsonSerializer.Serialize(Value))) },
        { "Python's URL", Uri.EscapeDataString(Value).Replace("%2F", "/", StringComparison.Ordinal) },
        { "lower-case URL", Uri.EscapeDataString(Value).Replace("%2F", "%2f", StringComparison.Ordinal).Replace("%C3%A4", "%c3%a4", StringComparison.Ordinal) },
        { "a form", WebUtility.UrlEncode(Value) },
        { "XML", SecurityElement.Escape(Value) },
        { "HTML", WebUtility.HtmlEncode(Value) },
        { "CSV", $"a,\"{Value.Replace("\"", "\"\"", StringComparison.Ordinal)}\",b" },
        { "SQL", $"PASSWORD '{Value.Replace("'", "''", StringComparison.Ordinal)}'" },
        { "a shell", Value.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("&", "\\&", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal) },
        { "by hand", Value.Replace("\"", "%22", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void However_it_is_escaped_it_is_found_once_in_either_encoding(string by, string text)
    {
        Assert.NotEmpty(by);
        foreach (var encoding in (Encoding[])[Encoding.UTF8, Encoding.Unicode])
        {
            var found = Assert.Single(Find(encoding.GetBytes($"before {text} after")));

            Assert.EndsWith(encoding == Encoding.Unicode ? "text in UTF-16" : "text", found.Form.Name, StringComparison.Ordinal);
            Assert.True(found.Offset >= encoding.GetByteCount("before "));
            Assert.True(found.Offset < encoding.GetByteCount("before ") + encoding.GetByteCount(text));
        }
    }

    [Fact]
    public void What_is_like_it_is_not_it()
    {
        foreach (var (_, text) in Written.Select(static row => row.Data))
        {
            Assert.Empty(Find(Encoding.UTF8.GetBytes(text.Replace("ord", "Ord", StringComparison.Ordinal))));
            Assert.Empty(Find(Encoding.UTF8.GetBytes(text.Replace("ss", "s", StringComparison.Ordinal))));
            Assert.Empty(Find(Encoding.UTF8.GetBytes(text.Replace("q", "qq", StringComparison.Ordinal))));
        }
    }

    [Fact]
    public void Across_the_end_of_a_piece_it_is_found_once()
    {
        var bytes = Encoding.UTF8.GetBytes(Uri.EscapeDataString(Value).Replace("%2F", "/", StringComparison.Ordinal));
        for (var at = (256 * 1024) - bytes.Length - 2; at < (256 * 1024) + 2; at++)
        {
            var content = new byte[600_000];
            bytes.CopyTo(content, 0);
            bytes.CopyTo(content, at);
            bytes.CopyTo(content, content.Length - bytes.Length);

            Assert.Equal([0, at, content.Length - bytes.Length], Find(content).Select(static match => match.Offset));
        }
    }

    [Fact]
    public void What_nobody_escapes_has_no_other_form() => Assert.Null(Escapes.Of("plain-secret_1.2", Encoding.UTF8));

    private static List<Match> Find(byte[] content)
    {
        using var quarry = new Quarry();
        quarry.Add("old", Encoding.UTF8.GetBytes(Value));
        using var search = new Search(quarry);
        var found = new List<Match>();
        search.In(new MemoryStream(content), found.Add);
        return found;
    }
}
