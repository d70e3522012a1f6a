using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Telemetry;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>What an event leads to: a question to the backend, and for a failed rotation a word to people. Each event once, as far back as it remembers.</summary>
internal sealed class SecretsManagerEventHandler(ICredentialSignals signals, IRotationLedger ledger, IReadOnlyList<WatchedSecret> secrets, TimeProvider time, ILogger logger)
{
    private const int RememberedEvents = 4096;
    private const int HashBytes = 16;

    // Whoever may send may send often; the log must not be what it costs.
    private static readonly TimeSpan Spacing = TimeSpan.FromMinutes(1);

    // Hashes of one size: an id may be as long as a message.
    private readonly HashSet<Guid> _known = [];
    private readonly Queue<Guid> _order = [];

    // Keys of one secret may name different fields of it.
    private readonly IReadOnlyList<SecretAddress> _addresses = [.. secrets.Select(secret => secret.Address).Distinct()];

    // As many as credentials and kinds of event.
    private readonly Dictionary<(string Credential, string Event), long> _said = [];

    /// <summary>Whether any credential is stored where events come from.</summary>
    public bool HasSecrets => _addresses.Count > 0;

    /// <summary>Takes a message's body in. What is no event of Secrets Manager, or of another secret, is passed over.</summary>
    public void Handle(string body)
    {
        if (SecretsManagerEvent.Parse(body) is not { } found)
        {
            Log.ForeignMessage(logger);
            return;
        }

        if (!found.IsUnderstood || !IsNew(found.Id))
        {
            return;
        }

        var concerned = _addresses.Where(address => found.Secrets.Any(secret => SecretMatch.IsSame(address, secret)));
        foreach (var credential in concerned.SelectMany(address => signals.Signal(address.ToKey())))
        {
            if (!IsTurn(credential, found.Name))
            {
                continue;
            }

            Log.Signalled(logger, credential, found.Name);
            if (found.Name == SecretsManagerEvent.RotationFailed)
            {
                Log.RotationFailed(logger, credential, ledger.GetInventory().FirstOrDefault(entry => entry.CredentialName == credential)?.Owner ?? "unknown");
            }
        }
    }

    private bool IsTurn(string credential, string name)
    {
        ref var said = ref CollectionsMarshal.GetValueRefOrAddDefault(_said, (credential, name), out var isKnown);
        if (isKnown && time.GetElapsedTime(said) < Spacing)
        {
            return false;
        }

        said = time.GetTimestamp();
        return true;
    }

    private bool IsNew(string id)
    {
        var hash = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, HashBytes));
        if (!_known.Add(hash))
        {
            return false;
        }

        _order.Enqueue(hash);
        if (_order.Count > RememberedEvents)
        {
            _known.Remove(_order.Dequeue());
        }

        return true;
    }
}
