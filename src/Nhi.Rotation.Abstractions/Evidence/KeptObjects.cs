namespace Nhi.Rotation;

/// <summary>What somebody keeps of a version that the library gave out.</summary>
/// <remarks>Found by weak references after the version was replaced: it only ever adds holders. What somebody copied from it, such as an interpolated text or a connection string, is not seen.</remarks>
[Flags]
public enum KeptObjects
{
    /// <summary>Nothing that is known.</summary>
    None = 0,

    /// <summary>A <see cref="Rotation.Credential"/>.</summary>
    Credential = 1,

    /// <summary>What a builder made of the version: a result of <see cref="IRotatingCredentialProvider.Derive{T}"/>, or a typed value that was read from it, such as a <see cref="UsernamePassword"/>.</summary>
    Derived = 2,

    /// <summary>The text that <see cref="Rotation.Credential.Reveal"/> gave it: in a field, a header, a closure.</summary>
    Text = 4,

    /// <summary>The bytes that <see cref="Rotation.Credential.RevealBytes"/> gave it.</summary>
    Bytes = 8,
}
