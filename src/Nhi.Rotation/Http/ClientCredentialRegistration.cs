namespace Nhi.Rotation.Http;

/// <summary>One credential on one client, as it was registered; also the key of its <see cref="IClientCredential"/>.</summary>
internal abstract class ClientCredentialRegistration(string clientName, string credentialName)
{
    public string ClientName => clientName;

    public string CredentialName => credentialName;

    /// <summary>The origins that may see it; without any it is the one of the client's BaseAddress.</summary>
    public abstract IReadOnlyList<AllowedOrigin> Origins { get; }

    /// <summary>The request header it sets, if that is known.</summary>
    public abstract string? HeaderName { get; }

    /// <summary>Where on a request it is put, for messages.</summary>
    public abstract string Place { get; }

    /// <summary>Whether somebody said which answers prove a version.</summary>
    public virtual bool IsProving => false;

    /// <summary>Whether both would write to the same place of a request.</summary>
    public virtual bool Collides(ClientCredentialRegistration other) =>
        HeaderName is { } name && string.Equals(name, other.HeaderName, StringComparison.OrdinalIgnoreCase);
}
