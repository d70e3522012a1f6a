namespace Nhi.Rotation;

/// <summary>Looks for another version among those at hand, and in the store.</summary>
internal sealed class Search<T>(IRotatingCredentialProvider provider, Builds<T> builds, TargetMemory memory, PresenterOptions options)
{
    /// <summary>The best version that the operation did not try yet; counts one use of it.</summary>
    /// <returns><see langword="null"/> if nothing else is at hand.</returns>
    public async ValueTask<Presented<T>?> FindAsync(Attempt tried, CancellationToken ct)
    {
        if ((!options.AskStoreFirst || tried.HasAskedStore) && TryFind(tried, out var other))
        {
            if (!tried.HasAskedStore && other.Version.VersionId != provider.Credentials.Current?.VersionId)
            {
                RefreshInBackground();
            }

            return other;
        }

        if (!tried.HasAskedStore)
        {
            await AskStoreAsync(ct).WaitAsync(options.MaxWait, options.Time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ct.ThrowIfCancellationRequested();
            tried = tried with { HasAskedStore = true };
            if (TryFind(tried, out other))
            {
                return other;
            }
        }

        return FindRefused(tried) ?? (options.AskStoreFirst ? FindFirstAgain(tried) : null);
    }

    /// <summary>The best version for the next operation that this target did not refuse a moment ago; counts no use.</summary>
    public Credential? FindUntried(Credential refused) =>
        Candidates(new Attempt(refused, RefusalKind.Certain, Before: null)).FirstOrDefault(static candidate => candidate.Standing != Standing.Refused).Version;

    public void RefreshInBackground() => _ = AskStoreAsync(CancellationToken.None);

    // A target may have gone back since to what it refused a moment ago.
    private Presented<T>? FindRefused(Attempt tried)
    {
        if (!tried.MayTryRefused && (!Candidates(tried).Any() || !memory.MayTryLastResort()))
        {
            return null;
        }

        return TryFind(tried with { MayTryRefused = true }, out var other) ? other : null;
    }

    // With one password at a time, another one may be refused because the first took effect while the store was asked.
    private Presented<T>? FindFirstAgain(Attempt tried) =>
        tried.Version.VersionId != tried.First.VersionId
        && OtherVersion.Find(provider.Credentials.Presentable, tried.First.VersionId) is { } first
        && memory.MayTryLastResort()
        && builds.TryBuild(first, tried with { MayTryRefused = true }, out var again)
            ? again
            : null;

    private bool TryFind(Attempt tried, out Presented<T> other)
    {
        foreach (var (version, standing) in Candidates(tried))
        {
            if ((standing != Standing.Refused || tried.MayTryRefused) && builds.TryBuild(version, tried, out other))
            {
                return true;
            }
        }

        other = default;
        return false;
    }

    private IEnumerable<OtherVersion.Candidate> Candidates(Attempt tried) =>
        OtherVersion.InOrder(provider.Credentials.Presentable, tried, memory.AcceptedLast, memory.StandingOf);

    // Never faults, so nobody has to observe it: the provider logs a failure, and the refusal then stands.
    private async Task AskStoreAsync(CancellationToken ct)
    {
        try
        {
            await provider.RefreshAsync(RefreshReason.Rejection, ct).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a provider throws must not replace the refusal that the caller has.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
