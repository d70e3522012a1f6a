using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Telemetry;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>What an event leads to: a question to the backend, and for a failed rotation a word to people. Each event once, as far back as it remembers.</summary>
internal sealed class SecretsManagerEventHandler(ICredentialSignals signals, IRotationLedger ledger, IReadOnlyList<WatchedSecret> secrets, TimeProvider time, ILogger logger) : IQueueEvents
{
    private readonly EventMemory _memory = new(time);

    // Keys of one secret may name different fields of it.
    private readonly IReadOnlyList<SecretAddress> _addresses = [.. secrets.Select(secret => secret.Address).Distinct()];

    public bool HasCredentials => _addresses.Count > 0;

    public bool TryHandle(string body)
    {
        if (SecretsManagerEvent.Parse(body) is not { } found)
        {
            return false;
        }

        if (!found.IsUnderstood || !_memory.IsNew(found.Id))
        {
            return true;
        }

        var concerned = _addresses.Where(address => found.Secrets.Any(secret => SecretMatch.IsSame(address, secret)));
        foreach (var credential in concerned.SelectMany(address => signals.Signal(address.ToKey())))
        {
            if (!_memory.IsTurn(credential, found.Name))
            {
                continue;
            }

            Log.Signalled(logger, credential, found.Name);
            if (found.Name == SecretsManagerEvent.RotationFailed)
            {
                Log.RotationFailed(logger, credential, ledger.GetInventory().FirstOrDefault(entry => entry.CredentialName == credential)?.Owner ?? "unknown");
            }
        }

        return true;
    }
}
