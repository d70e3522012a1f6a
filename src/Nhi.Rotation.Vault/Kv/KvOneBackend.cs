using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Kv;

/// <summary>The value of a secret in a KV engine, version 1: one value without a version, a date or a history. Each listing costs one call, which carries the value.</summary>
internal sealed class KvOneBackend(VaultHttp vault, VaultSettings settings) : ICredentialBackend
{
    // 64 of the 256 bits: enough to tell the values of one secret apart, and short in a log.
    private const int IdBytes = 8;

    // An id that tells nobody anything: without the key no guess can be tried against it.
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(HMACSHA256.HashSizeInBytes);

    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        using var secret = await vault.GetAsync(request, $"/v1/{VaultPath.Escape(settings.Mount)}/{VaultPath.Escape(request.Key)}", VaultJson.Default.VaultAnswerJsonDocument, ct, carriesValue: true).ConfigureAwait(false);
        if (secret is not { RootElement: { ValueKind: JsonValueKind.Object } data })
        {
            throw VaultErrors.NoSecret(request, settings);
        }

        var json = data.GetRawText();
        var id = $"fp-{Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{request.Key}\0{json}")).AsSpan(0, IdBytes))}";
        return new BackendListing([new BackendVersion(id, request.KnownVersionIds.Contains(id) ? null : VaultValue.Of(request, settings.Field, json, $"the Vault secret '{request.Key}'"))]) { IsComplete = false };
    }

    public string Locate(string key) => $"{settings.Mount}/{key}";
}
