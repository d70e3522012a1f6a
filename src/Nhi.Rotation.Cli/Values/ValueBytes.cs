namespace Nhi.Rotation.Cli;

/// <summary>A value as an operator hands it over.</summary>
internal static class ValueBytes
{
    /// <summary>One line break at the end, which an editor or <c>echo</c> adds, is none of the value.</summary>
    public static Span<byte> WithoutLineBreak(Span<byte> value) =>
        value switch { [.. var line, (byte)'\r', (byte)'\n'] => line, [.. var line, (byte)'\n'] => line, _ => value };
}
