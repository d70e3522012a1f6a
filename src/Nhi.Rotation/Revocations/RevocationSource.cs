using Nhi.Rotation.Evidence.Revocations;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.Revocations;

/// <summary>One list of revocations: where it stands, and what it said when it was read well. Not safe for concurrent use.</summary>
internal abstract class RevocationSource(RevocationListOptions options)
{
    public RevocationListOptions Options => options;

    /// <summary>Its name, for people.</summary>
    public abstract string Name { get; }

    /// <summary>What is in force.</summary>
    public IReadOnlyList<StandingRevocation> Entries { get; private set; } = [];

    /// <summary>What is wrong with what it says now, if anything is; what it said before stays in force.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether the list says something else than when it was looked at last.</summary>
    public abstract bool HasChanged();

    /// <summary>Takes the list in, if it is good.</summary>
    /// <param name="credentials">The credentials of the application.</param>
    /// <returns>The entries that are new.</returns>
    public IReadOnlyList<StandingRevocation> Load(IReadOnlySet<string> credentials)
    {
        try
        {
            var known = Entries.Select(standing => standing.Entry).ToHashSet();
            var entries = Read().Where(entry => IsOurs(entry, credentials)).Select(entry => new StandingRevocation(entry, options.FingerprintKey)).ToArray();
            (Entries, Problem) = (entries, null);
            return [.. entries.Where(standing => !known.Contains(standing.Entry))];
        }
        catch (RevocationListException error)
        {
            Problem = error.Message;
            return [];
        }
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="RevocationListException">It cannot be read, or has a mistake.</exception>
    protected abstract IReadOnlyList<RevocationEntry> Read();

    private bool IsOurs(RevocationEntry entry, IReadOnlySet<string> credentials)
    {
        if (!credentials.Contains(entry.CredentialName))
        {
            return options.IgnoreUnknownCredentials ? false : throw new RevocationListException(
                $"'{Name}' revokes a version of credential '{entry.CredentialName}', which is not registered; registered are: {Nearest.List(credentials, entry.CredentialName)}. Correct the name, or set IgnoreUnknownCredentials where several applications share the list.");
        }

        return entry.Fingerprint is not { NeedsKey: true } || options.FingerprintKey is not null ? true : throw new RevocationListException(
            $"'{Name}' has a keyed fingerprint for credential '{entry.CredentialName}', and there is no key. Set FingerprintKey to the key that it was made with.");
    }
}
