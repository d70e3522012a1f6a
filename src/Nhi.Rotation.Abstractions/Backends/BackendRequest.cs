using System.Collections.Frozen;

namespace Nhi.Rotation;

/// <summary>What a backend is asked.</summary>
public sealed class BackendRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="credentialName">The credential's name, for error messages.</param>
    /// <param name="key">Where the backend holds it: a path, a secret's name, an ARN.</param>
    /// <param name="knownVersionIds">Versions whose value is not needed again.</param>
    public BackendRequest(string credentialName, string key, IReadOnlySet<string>? knownVersionIds = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentNullException.ThrowIfNull(key);
        CredentialName = credentialName;
        Key = key;
        KnownVersionIds = knownVersionIds ?? FrozenSet<string>.Empty;
    }

    /// <summary>The credential's name, for error messages.</summary>
    public string CredentialName { get; }

    /// <summary>Where the backend holds it: a path, a secret's name, an ARN.</summary>
    public string Key { get; }

    /// <summary>Versions whose value is not needed again. Still list them; leave their value out.</summary>
    public IReadOnlySet<string> KnownVersionIds { get; }

    /// <summary>
    /// Versions that the other side refused when they were last presented, as far as this process knows. Empty but for a while after a refusal. It changes nothing of what a store lists: the engine decides what is
    /// presented. A backend whose versions are made for this process alone can make another one, and has to limit how often: a server that refuses everything refuses the new one too.
    /// </summary>
    public IReadOnlySet<string> RejectedVersionIds { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whether a version past its date of expiry is wanted like any other: the date is information only. Default <see langword="false"/>.</summary>
    public bool TakesExpired { get; init; }
}
