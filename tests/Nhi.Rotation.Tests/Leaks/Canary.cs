using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Nhi.Rotation.Tests.Leaks;

/// <summary>A value made to be searched for, in every form in which it could show up.</summary>
internal sealed class Canary
{
    private readonly Dictionary<string, string[]> _forms = [];

    public Canary(string text)
        : this(Encoding.UTF8.GetBytes(text))
    {
        Add("text", text);
        Add("text, its first half", text[..(text.Length / 2)]);
        Add("text, its second half", text[(text.Length / 2)..]);
        Add("URL-encoded", Uri.EscapeDataString(text), WebUtility.UrlEncode(text));
        Add("JSON-escaped", JsonSerializer.Serialize(text)[1..^1], JsonSerializer.Serialize(text)[1..^1].ToLowerInvariant());
        Add("HTML-encoded", WebUtility.HtmlEncode(text));
        var utf16 = Encoding.Unicode.GetBytes(text);
        Add("UTF-16 bytes in hex", Hex(utf16));
        Add("UTF-16 bytes in base64", Base64(utf16));
    }

    public Canary(byte[] bytes)
    {
        Bytes = bytes;
        Text = Encoding.Latin1.GetString(bytes);
        Add("bytes in hex", Hex(bytes));
        Add("bytes in base64", Base64(bytes));
        Add("bytes in decimal", string.Join(',', bytes), string.Join(", ", bytes), string.Join(' ', bytes));
        Add("bytes as Latin-1", Text);
    }

    /// <summary>Has signs that URLs, JSON and HTML encode, and may be sent in a header.</summary>
    public static Canary Plain { get; } = new("Cnry+7f3a/Zq8w&K5=d2uX<9");

    /// <summary>Another one, for the version after it.</summary>
    public static Canary Newer { get; } = new("Yrnc+1b8e/Tm4r&P7=h6vS<3");

    /// <summary>Not valid UTF-8.</summary>
    public static Canary Binary { get; } = new([0xC3, 0x28, 0xF7, 0x91, 0x02, 0xA5, 0xEE, 0x5B, 0x83, 0xD9, 0x14, 0x6C, 0xB0, 0xFE, 0x37, 0x9A]);

    /// <summary>The password inside <see cref="Json"/>.</summary>
    public static Canary Password { get; } = new("Jpwd+5c2d/Wk9e&R3=n8yB<6");

    public static string Json { get; } = $$"""{"username":"app","password":"{{Password.Text}}"}""";

    /// <summary>The key of the fingerprints that are version ids; 16 bytes at least.</summary>
    public static Canary FingerprintKey { get; } = new("Fkey+9a4c/Lx2t&V8=q1zD<7");

    public static IReadOnlyList<Canary> All { get; } = [Plain, Newer, Binary, Password, FingerprintKey];

    public string Text { get; }

    public byte[] Bytes { get; }

    public IEnumerable<(string Form, string Sample)> Forms => _forms.SelectMany(static form => form.Value.Select(sample => (form.Key, sample)));

    /// <summary>The forms in which it is in a text.</summary>
    public IEnumerable<string> FindIn(string text) =>
        from form in _forms where form.Value.Any(sample => text.Contains(sample, StringComparison.Ordinal)) select form.Key;

    private static string[] Hex(byte[] bytes) =>
    [
        Convert.ToHexString(bytes),
        Convert.ToHexStringLower(bytes),
        BitConverter.ToString(bytes),
        string.Join(' ', bytes.Select(static b => $"{b:x2}")),
    ];

    // Base64 looks different with 0, 1 or 2 bytes in front (a user name and a colon), so the part that does not depend on its neighbours is taken of each.
    private static string[] Base64(byte[] bytes)
    {
        var parts = new List<string>();
        for (var shift = 0; shift < 3; shift++)
        {
            var encoded = Convert.ToBase64String([.. new byte[shift], .. bytes, .. new byte[2]]);
            var start = shift == 0 ? 0 : 4;
            var part = encoded[start..((shift + bytes.Length) / 3 * 4)];
            parts.AddRange([part, part.Replace('+', '-').Replace('/', '_'), Uri.EscapeDataString(part), JsonSerializer.Serialize(part)[1..^1]]);
        }

        parts.Add(Base64Url.EncodeToString(bytes));
        return [.. parts];
    }

    private void Add(string form, params string[] samples) => _forms[form] = [.. samples.Distinct()];
}
