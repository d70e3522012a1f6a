using System.Runtime.InteropServices;
using Microsoft.Diagnostics.Runtime;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>
/// What is left of collected strings inside buffers. The runtime does not clear the memory of a large buffer that it makes, so a string that was collected there still stands in it, with its own header before it and its own end after it, until something is
/// written over it. No program writes such a header as data.
/// </summary>
internal sealed class DeadStrings(ClrRuntime runtime)
{
    // In characters. What does not fit counts as the buffer's own, which is the cautious side.
    private const int LongestBefore = 256;
    private const int Longest = 4096;

    // The runtime's layout on 64 bits: a pointer to the type, and in a string 32 bits of length, the characters and a zero.
    private const int ArrayHeader = 16;
    private const int StringHeader = 12;

    private readonly ulong _string = runtime.Heap.StringType.MethodTable;

    /// <summary>Whether UTF-16 text at an address inside a buffer is what was left of a string.</summary>
    public bool Has(ClrObject buffer, ulong address)
    {
        var reader = runtime.DataTarget.DataReader;
        if (reader.PointerSize != sizeof(ulong) || buffer.Type is not { IsArray: true, ComponentType.ElementType: ClrElementType.UInt8 })
        {
            return false;
        }

        var start = Math.Max(buffer.Address + ArrayHeader, (address - StringHeader - (LongestBefore * sizeof(char))) & ~7UL);
        var end = Math.Min(buffer.Address + buffer.Size, address + (Longest * sizeof(char)));
        if (address < start + StringHeader)
        {
            return false;
        }

        var bytes = new byte[end - start];
        var hit = (int)(address - start);
        return reader.Read(start, bytes) == bytes.Length && IsText(bytes, hit) && IsInString(bytes, hit);
    }

    // One of another encoding has no zero after its first character.
    private static bool IsText(byte[] bytes, int hit) => hit + 1 < bytes.Length && bytes[hit] != 0 && bytes[hit + 1] == 0;

    private bool IsInString(byte[] bytes, int hit)
    {
        for (var at = (hit - StringHeader) & ~7; at >= 0; at -= sizeof(ulong))
        {
            if (MemoryMarshal.Read<ulong>(bytes.AsSpan(at)) != _string)
            {
                continue;
            }

            // The nearest one: what comes before it is something else's.
            var text = MemoryMarshal.Cast<byte, char>(bytes.AsSpan(at + StringHeader));
            var length = text.IndexOf('\0');
            return length == MemoryMarshal.Read<int>(bytes.AsSpan(at + sizeof(ulong))) && (hit - at) % 2 == 0 && (hit - at - StringHeader) / sizeof(char) < length;
        }

        return false;
    }
}
