using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Push;
using Nhi.Rotation.GoogleSecretManager.Api;
using Nhi.Rotation.GoogleSecretManager.Telemetry;

namespace Nhi.Rotation.GoogleSecretManager.Push;

/// <summary>What a message leads to: a question to the backend, and when a rotation is due a word to people. Each message once, as far back as it remembers.</summary>
internal sealed class PushMessages(ICredentialSignals signals, IRotationLedger ledger, IEnumerable<WatchedSecret> secrets, TimeProvider time, ILogger logger)
{
    private const int LargestBody = 256 << 10;
    private const string RotationDue = "SECRET_ROTATE";

    // A topic that is configured sends a message too; it concerns nobody.
    private static readonly string[] Events =
    [
        "SECRET_CREATE", "SECRET_UPDATE", "SECRET_DELETE", "SECRET_VERSION_ADD", "SECRET_VERSION_ENABLE", "SECRET_VERSION_DISABLE", "SECRET_VERSION_DESTROY", "SECRET_VERSION_DESTROY_SCHEDULED", RotationDue,
    ];

    private readonly Lock _gate = new();
    private readonly EventMemory _memory = new(time);

    // Keys of one secret may name different fields of it.
    private readonly IReadOnlyList<SecretAddress> _addresses = [.. secrets.Select(secret => secret.Address).Distinct()];

    public async Task TakeAsync(Stream body, CancellationToken ct)
    {
        var buffer = new byte[LargestBody + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct).ConfigureAwait(false);
        if (length <= LargestBody && Parse(buffer.AsMemory(0, length)) is { } found)
        {
            Handle(found.Id, found.Event, found.Secret);
        }
    }

    private void Handle(string id, string name, string secret)
    {
        lock (_gate)
        {
            if (Array.IndexOf(Events, name) < 0 || !_memory.IsNew(id))
            {
                return;
            }

            foreach (var credential in _addresses.Where(address => address.IsSame(secret)).SelectMany(address => signals.Signal(address.ToKey())))
            {
                if (!_memory.IsTurn(credential, name))
                {
                    continue;
                }

                Log.Signalled(logger, credential, name);
                if (name == RotationDue)
                {
                    Log.RotationDue(logger, credential, ledger.GetInventory().FirstOrDefault(entry => entry.CredentialName == credential)?.Owner ?? "unknown");
                }
            }
        }
    }

    private static (string Id, string Event, string Secret)? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var message = document.RootElement.GetProperty("message");
            var attributes = message.GetProperty("attributes");
            return (message.GetProperty("messageId").GetString() ?? "", attributes.GetProperty("eventType").GetString() ?? "", attributes.GetProperty("secretId").GetString() ?? "");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
