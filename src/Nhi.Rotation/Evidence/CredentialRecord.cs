using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence;

/// <summary>One credential in the ledger. Guarded by the lock of all evidence.</summary>
internal sealed class CredentialRecord(string name)
{
    private VersionRecord? _first;

    public string Name => name;

    public string? Owner { get; set; }

    public string? Purpose { get; set; }

    /// <summary>What it was called before.</summary>
    public IReadOnlyList<string> Formerly { get; set; } = [];

    public VerdictTerms Terms { get; set; } = new(TimeSpan.FromHours(1));

    /// <summary>In order of first sight.</summary>
    public IEnumerable<VersionRecord> Versions
    {
        get
        {
            for (var version = _first; version is not null; version = version.Next)
            {
                yield return version;
            }
        }
    }

    /// <summary>What is known of it as a whole.</summary>
    public EvidenceEvent Description(DateTimeOffset now) => new()
    {
        Kind = EvidenceKind.Described,
        At = now,
        CredentialName = name,
        Owner = Owner,
        Purpose = Purpose,
        QuietPeriod = Terms.QuietPeriod,
        ArtifactLifetime = Terms.ArtifactLifetime == TimeSpan.Zero ? null : Terms.ArtifactLifetime,
        Unnamed = Terms.Unnamed,
        RequiresProof = Terms.RequiresProof,
        Formerly = Formerly,
    };

    public void Add(VersionRecord version)
    {
        if (_first is null)
        {
            _first = version;
            return;
        }

        var last = _first;
        while (last.Next is { } next)
        {
            last = next;
        }

        last.Next = version;
    }

    public void Remove(VersionRecord version)
    {
        if (_first == version)
        {
            _first = version.Next;
            return;
        }

        for (var before = _first; before is not null; before = before.Next)
        {
            if (before.Next == version)
            {
                before.Next = version.Next;
                return;
            }
        }
    }
}
