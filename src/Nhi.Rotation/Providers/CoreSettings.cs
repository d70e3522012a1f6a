using Nhi.Rotation.Evidence;
using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Providers;

/// <summary>What a credential is made of.</summary>
internal sealed record CoreSettings
{
    public required string Name { get; init; }

    /// <summary>Where the backend holds it.</summary>
    public required string Key { get; init; }

    public required ICredentialBackend Backend { get; init; }

    public required ICredentialProbe? Probe { get; init; }

    /// <summary>Wins over what the backend says.</summary>
    public required string? Owner { get; init; }

    /// <summary>Wins over what the backend says.</summary>
    public required string? Purpose { get; init; }

    /// <summary>What it was called before.</summary>
    public IReadOnlyList<string> Formerly { get; init; } = [];

    public required CredentialRules Rules { get; init; }

    /// <summary>The backend, if it makes each version for this process alone.</summary>
    public IBackendRevoker? Lessor => Backend is IBackendRevoker { OwnsVersions: true } lessor ? lessor : null;

    /// <summary>Both.</summary>
    public BackendKey Origin => new(Backend, Key);

    /// <summary>As the options have it, with what is no option.</summary>
    public static CoreSettings From(
        string name,
        string key,
        ICredentialBackend backend,
        ICredentialProbe? probe,
        TimeSpan? backendInterval,
        string consumer,
        CredentialOptions options,
        RotatingCredentialsOptions shared,
        bool hasProof = false) => new()
        {
            Name = name,
            Key = key,
            Backend = backend,
            Probe = probe,
            Owner = options.Owner,
            Purpose = options.Purpose,
            Rules = CredentialRules.From(hasProbe: probe is not null, hasProof, backendInterval, consumer, options, shared, isLeased: backend is IBackendRevoker { OwnsVersions: true }),
        };

    /// <summary>The same, with the line endings at their end taken from its values.</summary>
    public CoreSettings Trimming(TrailingNewline newline) => this with { Rules = Rules with { Newline = newline } };

    /// <summary>What the backend is asked, by what is known.</summary>
    public BackendRequest RequestFor(CredentialState state) => new(Name, Key, new KnownVersionIds(state.Versions)) { TakesExpired = Rules.TakesExpired, RejectedVersionIds = RejectedVersions.In(state) };

    /// <summary>The same, with one object for equal rules.</summary>
    public static IEnumerable<CoreSettings> Share(IEnumerable<CoreSettings> credentials)
    {
        var known = new HashSet<CredentialRules>();
        foreach (var settings in credentials)
        {
            if (known.TryGetValue(settings.Rules, out var rules))
            {
                yield return settings with { Rules = rules };
            }
            else
            {
                known.Add(settings.Rules);
                yield return settings;
            }
        }
    }
}
