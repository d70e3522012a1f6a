using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Versions;

/// <summary>
/// A keyed 128-bit fingerprint of a value: SipHash-2-4 with 128-bit output (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012), under a
/// random key of this process. It recognises a retired key after its value was dropped, and its cost depends only on the length of the input.
/// </summary>
internal readonly record struct VersionFingerprint(ulong Low, ulong High)
{
    private static readonly (ulong K0, ulong K1) ProcessKey = NewKey();

    /// <summary>As the lifecycle takes it.</summary>
    public ValueMark ToMark() => new(Low, High);

    public static VersionFingerprint Of(ReadOnlySpan<byte> value) => Compute(value, ProcessKey.K0, ProcessKey.K1);

    internal static VersionFingerprint Compute(ReadOnlySpan<byte> value, ulong k0, ulong k1)
    {
        var v0 = k0 ^ 0x736f6d6570736575UL;
        var v1 = k1 ^ 0x646f72616e646f6dUL ^ 0xee;
        var v2 = k0 ^ 0x6c7967656e657261UL;
        var v3 = k1 ^ 0x7465646279746573UL;
        var last = (ulong)value.Length << 56;
        while (value.Length >= sizeof(ulong))
        {
            Absorb(BinaryPrimitives.ReadUInt64LittleEndian(value), ref v0, ref v1, ref v2, ref v3);
            value = value[sizeof(ulong)..];
        }

        for (var i = 0; i < value.Length; i++)
        {
            last |= (ulong)value[i] << (8 * i);
        }

        Absorb(last, ref v0, ref v1, ref v2, ref v3);
        v2 ^= 0xee;
        var low = Finish(ref v0, ref v1, ref v2, ref v3);
        v1 ^= 0xdd;
        return new VersionFingerprint(low, Finish(ref v0, ref v1, ref v2, ref v3));
    }

    private static (ulong K0, ulong K1) NewKey()
    {
        Span<byte> key = stackalloc byte[2 * sizeof(ulong)];
        RandomNumberGenerator.Fill(key);
        return (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..]));
    }

    private static void Absorb(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static ulong Finish(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        for (var i = 0; i < 4; i++)
        {
            Round(ref v0, ref v1, ref v2, ref v3);
        }

        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
