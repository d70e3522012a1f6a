using System.CommandLine;
using System.Security.Cryptography;
using Nhi.Rotation.Cli.Files;
using Nhi.Rotation.Evidence.Revocations;

namespace Nhi.Rotation.Cli.Revoking;

/// <summary>A value from standard input, never from an argument, which other users of the machine could read; it becomes a fingerprint and is wiped.</summary>
internal sealed class ValueInput(Stream input)
{
    private readonly Option<FileInfo?> _keyFile = new("--key-file") { Description = "A file with the FingerprintKey of the list in base64. Without it, the fingerprint gets a salt of its own and a slow hash." };
    private readonly Option<bool> _exact = new("--exact") { Description = "Takes standard input byte by byte. Without it, one line break at its end is none of the value." };

    public IEnumerable<Option> Options => [_keyFile, _exact];

    /// <summary>The fingerprint, or why there is none.</summary>
    public (ValueFingerprint? Fingerprint, string? Problem) Read(ParseResult arguments)
    {
        byte[]? key = null;
        if (arguments.GetValue(_keyFile) is { } file && (key = KeyIn(SideFile.ReadText(_keyFile.Name, file.FullName))) is null)
        {
            return (null, $"{_keyFile.Name}: '{file.FullName}' holds no key: write at least {ValueFingerprint.SmallestKey} random bytes in base64 into it, such as 'openssl rand -base64 32' prints.");
        }

        try
        {
            ValueFingerprint? fingerprint = null;
            var problem = ValueBytes.Use(input, "Standard input", arguments.GetValue(_exact), value =>
            {
                fingerprint = value.IsEmpty ? null : key is null ? ValueFingerprint.WithSalt(value) : ValueFingerprint.WithKey(value, key);
                return fingerprint is null ? "Standard input is empty: pipe the value in, as the store holds it." : null;
            });
            return (fingerprint, problem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[]? KeyIn(string text)
    {
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text.Trim(), key, out var length) && length >= ValueFingerprint.SmallestKey ? key[..length] : null;
    }
}
