using System.Security.Cryptography;

namespace Nhi.Rotation.Cli;

/// <summary>A value as an operator hands it over: read once, used once, wiped.</summary>
internal static class ValueBytes
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Reads a value and hands it over.</summary>
    /// <param name="input">Where it stands.</param>
    /// <param name="name">What that is called.</param>
    /// <param name="isExact">Whether a line break at the end is part of it.</param>
    /// <param name="use">Takes it, or says what is wrong with it.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Use(Stream input, string name, bool isExact, Func<ReadOnlySpan<byte>, string?> use)
    {
        // Pinned, so that no collection leaves a copy behind.
        var bytes = GC.AllocateUninitializedArray<byte>(MaxBytes + 1, pinned: true);
        try
        {
            var value = bytes.AsSpan(0, input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
            return value.Length > MaxBytes
                ? $"{name} is larger than 1 MiB: that is no secret."
                : use(isExact ? value : WithoutLineBreak(value));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    // An editor or echo adds one, which is none of the value.
    private static Span<byte> WithoutLineBreak(Span<byte> value) =>
        value switch { [.. var line, (byte)'\r', (byte)'\n'] => line, [.. var line, (byte)'\n'] => line, _ => value };
}
