using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>The values that are looked for, in all their forms. Wiped when it is disposed.</summary>
internal sealed class Quarry : IDisposable
{
    /// <summary>Fewer bytes stand by chance in every process.</summary>
    public const int Shortest = 8;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<Form> _forms = [];

    public IReadOnlyList<Form> Forms => _forms;

    /// <summary>The longest form: what is read piece by piece must overlap by one byte less.</summary>
    public int Longest { get; private set; }

    /// <summary>Whether a form of a value is exactly this.</summary>
    public bool IsForm(string value, ReadOnlySpan<byte> bytes)
    {
        foreach (var form in _forms)
        {
            if (form.Around is null && form.Value == value && bytes.SequenceEqual(form.Bytes))
            {
                return true;
            }
        }

        return false;
    }

    public void Add(string name, ReadOnlySpan<byte> value)
    {
        AddForm(name, "text", value);
        foreach (var core in Base64Cores(value))
        {
            AddText(name, "base64", core);
            AddText(name, "base64url", core.Replace('+', '-').Replace('/', '_'));
        }

        if (TextOf(value) is not { } text)
        {
            return;
        }

        AddForm(name, "UTF-16 text", Encoding.Unicode.GetBytes(text));
        var escaped = Uri.EscapeDataString(text);
        AddText(name, "URL-escaped text", escaped);
        AddText(name, "URL-escaped text", UrlEncoder.Default.Encode(text));
        AddText(name, "URL-escaped text", escaped.Replace("%20", "+", StringComparison.Ordinal));
        AddText(name, "JSON-escaped text", JavaScriptEncoder.Default.Encode(text));
        AddText(name, "JSON-escaped text", JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text));
        AddEscaped(name, "escaped text", text, Encoding.UTF8);
        AddEscaped(name, "escaped text in UTF-16", text, Encoding.Unicode);
    }

    public void Dispose()
    {
        foreach (var form in _forms)
        {
            CryptographicOperations.ZeroMemory(form.Bytes);
        }
    }

    private static string? TextOf(ReadOnlySpan<byte> value)
    {
        try
        {
            return StrictUtf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // What stands around a value, such as the user of a Basic header, shifts its bits: these signs are the same whatever stands there.
    private static string[] Base64Cores(ReadOnlySpan<byte> value)
    {
        var cores = new string[3];
        for (var before = 0; before < cores.Length; before++)
        {
            var shifted = new byte[before + value.Length];
            value.CopyTo(shifted.AsSpan(before));
            cores[before] = Convert.ToBase64String(shifted)[(((before * 8) + 5) / 6)..(shifted.Length * 8 / 6)];
            CryptographicOperations.ZeroMemory(shifted);
        }

        return cores;
    }

    private void AddText(string name, string way, string text)
    {
        AddForm(name, way, Encoding.UTF8.GetBytes(text));
        AddForm(name, way + " in UTF-16", Encoding.Unicode.GetBytes(text));
    }

    private void AddForm(string name, string way, ReadOnlySpan<byte> bytes)
    {
        if (!IsForm(name, bytes))
        {
            Add(new Form(name, way, Pinned(bytes)), bytes.Length);
        }
    }

    private void AddEscaped(string name, string way, string text, Encoding encoding)
    {
        if (Escapes.Of(text, encoding) is var (core, around))
        {
            Add(new Form(name, way, Pinned(core), around), around.MostBefore + core.Length + around.MostAfter);
            CryptographicOperations.ZeroMemory(core);
        }
    }

    private void Add(Form form, int longest)
    {
        _forms.Add(form);
        Longest = Math.Max(Longest, longest);
    }

    // So that no collection leaves a copy behind.
    private static byte[] Pinned(ReadOnlySpan<byte> bytes)
    {
        var kept = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(kept);
        return kept;
    }
}
