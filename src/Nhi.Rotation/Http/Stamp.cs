namespace Nhi.Rotation.Http;

/// <summary>One version, made ready to be put on requests. Safe for concurrent use on different requests.</summary>
internal abstract class Stamp
{
    protected Stamp(Credential source) => Source = source;

    /// <summary>The version.</summary>
    public Credential Source { get; }

    /// <summary>Whether the path of a request is the caller's own, with nothing of the credential in it.</summary>
    public virtual bool IsAddressKnown => true;

    /// <summary>Puts the version on a request, in place of what was there.</summary>
    /// <param name="request">The request.</param>
    /// <param name="replaced">Whether something that the caller had put there was replaced.</param>
    /// <returns>What <see cref="Remove"/> needs.</returns>
    public abstract object? Apply(HttpRequestMessage request, out bool replaced);

    /// <summary>Takes it off again, so that neither a redirect, a retry nor a log sees it.</summary>
    public abstract void Remove(HttpRequestMessage request, object? before);

    /// <summary>Removes the value where the other side sent it back to us.</summary>
    public virtual void Scrub(HttpResponseMessage response)
    {
    }
}
