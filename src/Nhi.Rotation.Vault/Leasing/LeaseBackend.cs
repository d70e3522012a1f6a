using System.Collections.Concurrent;

namespace Nhi.Rotation.Vault.Leasing;

/// <summary>
/// The leases of this process at a path of Vault: each is a version. It is made when the engine first asks, renewed when the engine asks late in its life, and replaced when Vault does not renew it
/// any further or the other side refuses it. Unchanged, a listing costs one call, which carries no value.
/// </summary>
internal sealed class LeaseBackend(LeaseClient vault, TimeProvider time) : IBackendRevoker
{
    private readonly ConcurrentDictionary<string, LeaseBook> _books = new(StringComparer.Ordinal);

    public bool OwnsVersions => true;

    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var book = _books.GetOrAdd(request.Key, static _ => new LeaseBook());
        await book.Turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await StepAsync(book, request, ct).ConfigureAwait(false);
            await ReplaceIfRefusedAsync(book, request, ct).ConfigureAwait(false);
            return new BackendListing(book.List(request, time.GetUtcNow()));
        }
        finally
        {
            book.Turn.Release();
        }
    }

    public async ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!_books.TryGetValue(revocation.Key, out var book) || book.Find(revocation.VersionId) is not { } lease)
        {
            return;
        }

        if (lease.LeaseId is { } id)
        {
            await vault.RevokeAsync(revocation.CredentialName, id, ct).ConfigureAwait(false);
        }

        book.Remove(lease);
    }

    private async Task StepAsync(LeaseBook book, BackendRequest request, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (book.Current is not { } lease || lease.EndsOn <= now)
        {
            book.Add(await vault.MakeAsync(request, ct).ConfigureAwait(false));
            return;
        }

        switch (LeaseSchedule.Next(lease, now))
        {
            case LeaseStep.Keep:
                if (!await vault.IsThereAsync(request, lease, ct).ConfigureAwait(false))
                {
                    book.Remove(lease);
                    book.Add(await vault.MakeAsync(request, ct).ConfigureAwait(false));
                }
                else if (lease.IsOrphan)
                {
                    // The look-up was made with another token than the lease, which ends with its own.
                    book.Add(await vault.MakeAsync(request, ct).ConfigureAwait(false));
                }

                break;
            case LeaseStep.Renew:
                await RenewAsync(book, request, lease, now, ct).ConfigureAwait(false);
                break;
            default:
                book.Add(await vault.MakeAsync(request, ct).ConfigureAwait(false));
                break;
        }
    }

    // Vault has it, and somebody dropped its user by hand. It stays listed, as it may be refused in one place only, and is given back once nobody uses it.
    private async Task ReplaceIfRefusedAsync(LeaseBook book, BackendRequest request, CancellationToken ct)
    {
        var now = time.GetElapsedTime(0);
        if (book.Current is { } lease && request.RejectedVersionIds.Contains(lease.VersionId) && book.Refusals.IsOpen(now))
        {
            book.Add(await vault.MakeAsync(request, ct).ConfigureAwait(false));
            book.Refusals.Note(now);
        }
    }

    private async Task RenewAsync(LeaseBook book, BackendRequest request, VaultLease lease, DateTimeOffset now, CancellationToken ct)
    {
        var (granted, isGone) = await vault.RenewAsync(request, lease, ct).ConfigureAwait(false);
        if (granted is not { } duration)
        {
            lease.IsRenewable = false;
            if (isGone)
            {
                book.Remove(lease);
            }

            book.Add(await vault.MakeAsync(request, ct).ConfigureAwait(false));
            return;
        }

        if (now + duration > lease.ExpiresOn)
        {
            lease.Renew(now, duration);
        }

        if (!LeaseSchedule.IsLast(duration, lease.Duration))
        {
            return;
        }

        lease.IsRenewable = false;
        try
        {
            book.Add(await vault.MakeAsync(request, ct).ConfigureAwait(false));
        }
        catch (BackendException)
        {
            // The renewed one is valid for a while, which the engine must hear of; it asks again before the end, and then this is an error.
        }
    }
}
