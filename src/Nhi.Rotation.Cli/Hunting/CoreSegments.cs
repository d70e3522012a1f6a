using System.Buffers.Binary;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Where in an ELF core file (elf(5)) which memory is.</summary>
internal sealed class CoreSegments
{
    private const int Load = 1;
    private const int HeaderSize = 64;
    private const int EntrySize = 56;

    private readonly List<(long Offset, long Size, ulong Address)> _all = [];

    /// <summary>Reads the headers; a file of another kind has no segments.</summary>
    public CoreSegments(Stream file)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < HeaderSize || !header.StartsWith("\u007fELF\u0002\u0001"u8))
        {
            return;
        }

        file.Position = BinaryPrimitives.ReadInt64LittleEndian(header[32..]);
        Span<byte> entry = stackalloc byte[EntrySize];
        for (var left = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]); left > 0 && file.ReadAtLeast(entry, EntrySize, throwOnEndOfStream: false) == EntrySize; left--)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(entry) == Load)
            {
                _all.Add((BinaryPrimitives.ReadInt64LittleEndian(entry[8..]), BinaryPrimitives.ReadInt64LittleEndian(entry[32..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[16..])));
            }
        }
    }

    /// <summary>The address of what stands at an offset of the file, if it is memory.</summary>
    public ulong? AddressOf(long offset)
    {
        foreach (var (start, size, address) in _all)
        {
            if (offset >= start && offset - start < size)
            {
                return address + (ulong)(offset - start);
            }
        }

        return null;
    }
}
