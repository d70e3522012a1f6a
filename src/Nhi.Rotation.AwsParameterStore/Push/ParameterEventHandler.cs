using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsParameterStore.Parameters;
using Nhi.Rotation.AwsParameterStore.Telemetry;
using Nhi.Rotation.AwsSecretsManager.Push;

namespace Nhi.Rotation.AwsParameterStore.Push;

/// <summary>What an event leads to: a question to the backend, and when a policy speaks a word to people. Each event once, as far back as it remembers.</summary>
internal sealed class ParameterEventHandler(ICredentialSignals signals, IRotationLedger ledger, IEnumerable<WatchedParameter> parameters, TimeProvider time, ILogger logger) : IQueueEvents
{
    private readonly EventMemory _memory = new(time);

    // Keys of one parameter may name different fields of it.
    private readonly IReadOnlyList<ParameterAddress> _addresses = [.. parameters.Select(parameter => parameter.Address).Distinct()];

    public bool HasCredentials => _addresses.Count > 0;

    public bool TryHandle(string body)
    {
        if (ParameterEvent.Parse(body) is not { } found)
        {
            return false;
        }

        if (!found.IsUnderstood || !_memory.IsNew(found.Id))
        {
            return true;
        }

        var concerned = _addresses.Where(address => found.Parameters.Any(address.IsSame));
        foreach (var credential in concerned.SelectMany(address => signals.Signal(address.ToKey())))
        {
            if (!_memory.IsTurn(credential, found.Name))
            {
                continue;
            }

            Log.Signalled(logger, credential, found.Name);
            if (found.IsPolicy)
            {
                Log.PolicySpoke(logger, credential, ledger.GetInventory().FirstOrDefault(entry => entry.CredentialName == credential)?.Owner ?? "unknown", found.Name);
            }
        }

        return true;
    }
}
