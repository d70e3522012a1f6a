namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>What an event leads to: a question to the backend, and for expiry a word to people. Each event once.</summary>
internal sealed class KeyVaultEventHandler(ICredentialSignals signals, IRotationLedger ledger, PushLog log)
{
    // Event Grid tries for a day; a vault has far fewer events in a day than this.
    private const int RememberedEvents = 4096;

    private readonly RecentSet _events = new(RememberedEvents);

    /// <summary>Handles all events, or none if one that is understood names no secret.</summary>
    public bool TryHandle(IReadOnlyList<DeliveredEvent> events)
    {
        var understood = events.Where(found => EventKinds.IsUnderstood(found.Kind!)).Select(found => (Event: found, Address: VersionAddress.Parse(EventData.Text(found.Data, "id")))).ToArray();
        if (Array.Exists(understood, found => found.Address is null))
        {
            return false;
        }

        foreach (var (found, address) in understood)
        {
            if (_events.Add($"{found.Origin}\n{found.Id}"))
            {
                Handle(found, address!.Value);
            }
        }

        return true;
    }

    private void Handle(DeliveredEvent found, VersionAddress address)
    {
        var credentials = signals.Signal(address.Location);
        if (credentials.Count == 0)
        {
            log.NotOurs(address.Location);
            return;
        }

        foreach (var credential in credentials)
        {
            log.Signalled(credential, found.Kind!);
            if (EventKinds.IsNearExpiry(found.Kind!))
            {
                log.NearExpiry(credential, Owner, address, Date(EventData.Expiry(found.Data)));
            }
            else if (EventKinds.IsExpired(found.Kind!))
            {
                log.Expired(credential, Owner, address);
            }
        }
    }

    private string Owner(string credential) => ledger.GetInventory().FirstOrDefault(entry => entry.CredentialName == credential)?.Owner ?? "unknown";

    private static string Date(DateTimeOffset? expiry) => expiry?.ToString("u", System.Globalization.CultureInfo.InvariantCulture) ?? "soon";
}
