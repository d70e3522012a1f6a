namespace Nhi.Rotation.Http;

/// <summary>The chosen way of presenting a credential; makes a <see cref="Stamp"/> of each version.</summary>
internal abstract class Stamping
{
    /// <summary>The request header it sets, if that is known.</summary>
    public virtual string? HeaderName => null;

    /// <summary>Whether a stamp is made once per version, which reveals the value, or for each request.</summary>
    public virtual bool IsDerived => true;

    /// <summary>Makes a stamp of a version. Reveals it once if <see cref="IsDerived"/>.</summary>
    /// <exception cref="CredentialFormatException">The value cannot be sent this way. The message does not contain it.</exception>
    public abstract Stamp Build(Credential credential);

    /// <summary>Makes a stamp of a version that is sent to some servers.</summary>
    /// <exception cref="CredentialFormatException">As <see cref="Build"/>; or the value says that it is for another server.</exception>
    public virtual Stamp BuildFor(Credential credential, IReadOnlyList<AllowedOrigin> origins) => Build(credential);

    /// <summary>Whether both would write to the same place of a request.</summary>
    public abstract bool Collides(Stamping other);

    /// <summary>The place, for messages.</summary>
    public abstract override string ToString();
}
