using System.Buffers.Binary;
using System.Numerics;

namespace Nhi.Rotation.GoogleSecretManager.Api;

/// <summary>CRC-32C (Castagnoli), as RFC 3720 lays it down, on the platform's own step.</summary>
internal static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        }

        foreach (var one in data)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}
