using System.Globalization;
using System.Text.Json;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Leasing;

/// <summary>Vault's calls for leases: to have one, to renew it, to look it up, to give it back.</summary>
/// <param name="vault">Vault.</param>
/// <param name="field">The field that is the value, or <see langword="null"/> for the whole object.</param>
/// <param name="parameters">What is sent along to have one; without any, it is read.</param>
/// <param name="time">The clock.</param>
internal sealed class LeaseClient(VaultHttp vault, string? field, IReadOnlyDictionary<string, string> parameters, TimeProvider time)
{
    public async Task<VaultLease> MakeAsync(BackendRequest request, CancellationToken ct)
    {
        var path = request.Key.Trim('/');
        var before = time.GetUtcNow();
        var call = parameters.Count == 0
            ? new VaultCall(request.CredentialName, HttpMethod.Get, $"/v1/{VaultPath.Escape(path)}", $"'read' on '{path}'") { TakesRefusal = true }
            : VaultCall.Write(request.CredentialName, path, parameters.ToDictionary(static pair => pair.Key, static pair => Json(pair.Value)));
        var reply = await vault.SendAsync(call with { CarriesValue = true }, ct).ConfigureAwait(false);
        if (reply.IsRefused)
        {
            throw reply.IsNotFound
                ? new BackendException(request.CredentialName, BackendFailure.NotFound, $"Vault has nothing at '{path}'", "Check the path, with its mount and its role, and the namespace.")
                : new BackendException(request.CredentialName, BackendFailure.Misconfigured, $"Vault made no lease at '{path}' (400)", "Check the role, the engine behind it and the Parameters; Vault's audit log has the reason.");
        }

        var answer = reply.Read(VaultJson.Default.LeaseAnswer);
        return Read(request, path, answer, before, reply.Token) ?? throw new BackendException(
            request.CredentialName, BackendFailure.InvalidContent, $"what Vault answers at '{path}' has no lease and no end", "Give a path that makes leases, such as database/creds/<role>; a secret of the KV engine is FromVault's.");
    }

    /// <summary>How long it lasts from now on; <see langword="null"/> if Vault refuses to renew it.</summary>
    public async Task<(TimeSpan? Granted, bool IsGone)> RenewAsync(BackendRequest request, VaultLease lease, CancellationToken ct)
    {
        var body = new Dictionary<string, JsonElement> { ["lease_id"] = Json(lease.LeaseId!), ["increment"] = Json((int)lease.Duration.TotalSeconds) };
        VaultReply reply;
        try
        {
            reply = await vault.SendAsync(VaultCall.Write(request.CredentialName, "sys/leases/renew", body), ct).ConfigureAwait(false);
        }
        catch (BackendException refused) when (refused.Failure == BackendFailure.AccessDenied)
        {
            // Who may not renew may still have another one.
            return (null, false);
        }

        return reply.IsRefused ? (null, reply.IsGone) : (TimeSpan.FromSeconds(reply.Read(VaultJson.Default.LeaseAnswer).LeaseDuration), false);
    }

    /// <summary>Whether Vault still has it.</summary>
    public async Task<bool> IsThereAsync(BackendRequest request, VaultLease lease, CancellationToken ct)
    {
        if (lease.LeaseId is null)
        {
            return true;
        }

        var reply = await vault.SendAsync(VaultCall.Write(request.CredentialName, "sys/leases/lookup", Naming(lease.LeaseId)), ct).ConfigureAwait(false);
        return !reply.IsRefused && reply.Read(VaultJson.Default.VaultAnswerLeaseLookup).Data is not null;
    }

    public async Task RevokeAsync(string credentialName, string leaseId, CancellationToken ct)
    {
        var body = new Dictionary<string, JsonElement>(Naming(leaseId)) { ["sync"] = JsonSerializer.SerializeToElement("true", VaultJson.Default.String) };
        var reply = await vault.SendAsync(VaultCall.Write(credentialName, "sys/leases/revoke", body), ct).ConfigureAwait(false);
        if (reply.IsRefused && !reply.IsGone)
        {
            throw new BackendException(credentialName, BackendFailure.Unavailable, "Vault could not revoke the lease", "Look at Vault's log: what the lease is for may be out of reach. Vault itself tries again once the lease has ended.");
        }
    }

    private static Dictionary<string, JsonElement> Naming(string leaseId) => new() { ["lease_id"] = Json(leaseId) };

    private static JsonElement Json(string text) => JsonSerializer.SerializeToElement(text, VaultJson.Default.String);

    private static JsonElement Json(int number) => JsonSerializer.SerializeToElement(number, VaultJson.Default.Int32);

    private VaultLease? Read(BackendRequest request, string path, LeaseAnswer answer, DateTimeOffset before, VaultToken? token)
    {
        if (answer.Data is not { ValueKind: JsonValueKind.Object } data)
        {
            return null;
        }

        if (answer is { LeaseId: { Length: > 0 } leaseId, LeaseDuration: > 0 })
        {
            var id = leaseId.StartsWith(path + '/', StringComparison.Ordinal) ? leaseId[(path.Length + 1)..] : leaseId;
            return new VaultLease(id, leaseId, before, TimeSpan.FromSeconds(answer.LeaseDuration), Value(request, data, id), token) { IsRenewable = answer.Renewable };
        }

        // A certificate has no lease unless its role says so; it ends all the same.
        if (data.TryGetProperty("expiration", out var end) && end.TryGetInt64(out var seconds) && data.TryGetProperty("serial_number", out var serial) && serial.GetString() is { Length: > 0 } number)
        {
            return new VaultLease(number, null, before, DateTimeOffset.FromUnixTimeSeconds(seconds) - before, Value(request, data, number));
        }

        return null;
    }

    private SecretValue Value(BackendRequest request, JsonElement data, string id) => VaultValue.Of(request, field, data.GetRawText(), string.Create(CultureInfo.InvariantCulture, $"lease '{id}' of '{request.Key}'"));
}
