namespace Nhi.Rotation.Versions;

/// <summary>A value that nobody uses: the library looks at it for itself.</summary>
internal static class SecretBytes
{
    /// <summary>The bytes of a value. They are its own, which are wiped with it.</summary>
    public static ReadOnlyMemory<byte> Of(SecretValue value) => new Credential("value", "own", value).RevealBytes();
}
