using System.Diagnostics;
using Nhi.Rotation.Time;

namespace Nhi.Rotation;

/// <summary>One version, as a backend lists it.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class BackendVersion
{
    private readonly PackedTime _createdOn;
    private readonly PackedTime _notBefore;
    private readonly PackedTime _expiresOn;

    /// <summary>Describes a version.</summary>
    /// <param name="id">The backend's id: stable, the same for the same version in every listing, and nothing the value could be guessed from.</param>
    /// <param name="value">
    /// The value. <see langword="null"/> if <see cref="BackendRequest.KnownVersionIds"/> has the id, so that nothing is fetched twice, or if the
    /// backend cannot give the value yet; it is asked for again at the next refresh.
    /// </param>
    public BackendVersion(string id, SecretValue? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        Id = id;
        Value = value;
    }

    /// <summary>The backend's id.</summary>
    public string Id { get; }

    /// <summary>The value, or <see langword="null"/> when it is known already or cannot be given yet.</summary>
    public SecretValue? Value { get; }

    /// <summary>What the backend says of the version.</summary>
    public VersionLabel Label { get; init; }

    /// <summary>Whether the backend allows its use. A disabled version retires at once.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>
    /// Why the store itself calls the version compromised, for people; <see langword="null"/> if it does not. The version, and every other one with its value, is then neither presented nor accepted, for
    /// as long as the process lives. Give its value along as for any other version: without it the value is not known again under another id. It must hold no value.
    /// </summary>
    public string? RevokedBecause { get; init; }

    /// <summary>When it was created. Kept in UTC.</summary>
    public DateTimeOffset? CreatedOn
    {
        get => _createdOn.Utc;
        init => _createdOn = PackedTime.Of(value);
    }

    /// <summary>From when on it is valid. Kept in UTC.</summary>
    public DateTimeOffset? NotBefore
    {
        get => _notBefore.Utc;
        init => _notBefore = PackedTime.Of(value);
    }

    /// <summary>Until when it is valid, kept in UTC. An expired version is not presented, unless the credential takes the date for information.</summary>
    public DateTimeOffset? ExpiresOn
    {
        get => _expiresOn.Utc;
        init => _expiresOn = PackedTime.Of(value);
    }

    /// <summary>Id and label; never the value.</summary>
    public override string ToString() => $"{Id} ({Label}{(IsEnabled ? "" : ", disabled")}{(RevokedBecause is null ? "" : ", revoked")})";
}
