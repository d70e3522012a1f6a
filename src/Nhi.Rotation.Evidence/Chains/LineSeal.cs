using System.Security.Cryptography;

namespace Nhi.Rotation.Evidence.Chains;

/// <summary>
/// A line's hash: SHA-256 over its exact bytes up to <c>,"hash":"</c>, which every line ends with. As the hash of the line before is among those bytes,
/// the last hash of a chain stands for all of it.
/// </summary>
internal static class LineSeal
{
    /// <summary>What comes before an instance's first line.</summary>
    public static readonly string Origin = new('0', HashLength);

    private const int HashLength = 2 * SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Start => ",\"hash\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>Appends the hash and a newline to a JSON object.</summary>
    /// <returns>The hash.</returns>
    public static string Seal(ReadOnlySpan<byte> json, Stream output)
    {
        var body = json[..^1];
        var hash = HashOf(body);
        output.Write(body);
        output.Write(Start);
        foreach (var digit in hash)
        {
            output.WriteByte((byte)digit);
        }

        output.Write(End);
        output.WriteByte((byte)'\n');
        return hash;
    }

    /// <summary>The hash of a line without its newline.</summary>
    /// <returns><see langword="false"/> if the line does not end with a hash, or not with its own.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> line, out string hash)
    {
        hash = string.Empty;
        var tail = Start.Length + HashLength + End.Length;
        if (line.Length <= tail || !line.EndsWith(End) || !line[^tail..].StartsWith(Start))
        {
            return false;
        }

        hash = HashOf(line[..^tail]);
        var written = line[^(HashLength + End.Length)..^End.Length];
        for (var i = 0; i < HashLength; i++)
        {
            if (written[i] != hash[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string HashOf(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Convert.ToHexStringLower(hash);
    }
}
