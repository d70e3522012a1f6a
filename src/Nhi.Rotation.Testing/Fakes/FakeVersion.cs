using System.Diagnostics;

namespace Nhi.Rotation.Testing;

/// <summary>A version in the fake backend.</summary>
[DebuggerDisplay("{Id,nq}")]
internal sealed record FakeVersion(string Id, SecretValue Value, DateTimeOffset CreatedOn)
{
    public VersionLabel Label { get; init; }

    public bool IsEnabled { get; init; } = true;

    public string? RevokedBecause { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? ExpiresOn { get; init; }

    public BackendVersion Show(bool withValue) => new(Id, withValue ? Value : null)
    {
        Label = Label,
        IsEnabled = IsEnabled,
        RevokedBecause = RevokedBecause,
        CreatedOn = CreatedOn,
        NotBefore = NotBefore,
        ExpiresOn = ExpiresOn,
    };
}
