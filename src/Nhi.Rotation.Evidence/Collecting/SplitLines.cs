using System.Buffers;

namespace Nhi.Rotation.Evidence.Collecting;

/// <summary>Puts together what a container's log has in parts: CRI marks each part but the last with <c>P</c>, Docker ends each part but the last without a line break. Parts of two streams may stand between each other.</summary>
internal sealed class SplitLines
{
    // No line of evidence is longer; what would be is not put together.
    private const int MaxBytes = 1 << 20;

    private readonly Dictionary<char, ArrayBufferWriter<byte>> _parts = [];

    private static ReadOnlySpan<byte> DockerStart => "{\"log\":\""u8;

    private static ReadOnlySpan<byte> DockerEnd => "\",\"stream\":\"std"u8;

    /// <summary>The line that one more line of the log completes, or itself.</summary>
    public ReadOnlySpan<byte> Take(ReadOnlySpan<byte> line) => ReadCri(line) is { IsKnown: true } cri ? Join(cri) : ReadDocker(line) is { IsKnown: true } docker ? Join(docker) : line;

    // TIME stdout P CONTENT
    private static Part ReadCri(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var rest = space is > 0 and <= 64 ? line[(space + 1)..] : [];
        return (rest.StartsWith("stdout "u8) || rest.StartsWith("stderr "u8)) && rest.Length >= 9 && (rest[7] is (byte)'P' or (byte)'F') && rest[8] == (byte)' '
            ? new Part((char)rest[3], rest[7] == (byte)'P', rest[9..])
            : default;
    }

    private static Part ReadDocker(ReadOnlySpan<byte> line)
    {
        var end = line.StartsWith(DockerStart) ? line.LastIndexOf(DockerEnd) : -1;
        if (end < DockerStart.Length || end + DockerEnd.Length >= line.Length)
        {
            return default;
        }

        var content = line[DockerStart.Length..end];
        return new Part((char)line[end + DockerEnd.Length], !content.EndsWith("\\n"u8), content);
    }

    private ReadOnlySpan<byte> Join(Part part)
    {
        if (!part.IsUnfinished && !_parts.ContainsKey(part.Stream))
        {
            return part.Content;
        }

        if (!_parts.TryGetValue(part.Stream, out var parts))
        {
            _parts[part.Stream] = parts = new ArrayBufferWriter<byte>();
        }

        if (parts.WrittenCount + part.Content.Length <= MaxBytes)
        {
            parts.Write(part.Content);
        }

        if (part.IsUnfinished)
        {
            return [];
        }

        _parts.Remove(part.Stream);
        return parts.WrittenSpan;
    }

    private readonly ref struct Part(char stream, bool isUnfinished, ReadOnlySpan<byte> content)
    {
        public char Stream { get; } = stream;

        public bool IsUnfinished { get; } = isUnfinished;

        public ReadOnlySpan<byte> Content { get; } = content;

        public bool IsKnown => Stream != default;
    }
}
