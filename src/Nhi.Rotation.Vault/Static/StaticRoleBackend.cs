using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Static;

/// <summary>
/// The password of a static role: one user, whose password Vault changes by itself. Only the last one is valid. Vault says when the next change is, and is asked then. Each listing costs one call, which
/// carries the value.
/// </summary>
internal sealed class StaticRoleBackend(VaultHttp vault, string? field, TimeProvider time) : ICredentialBackend
{
    // What is said of the password, and is another with each call; and the password before, which LDAP's engine tells and which is no part of this one.
    private static readonly string[] Besides = ["ttl", "last_vault_rotation", "rotation_period", "rotation_schedule", "rotation_window", "last_password"];

    private readonly ConcurrentDictionary<string, RotationClock> _clocks = new(StringComparer.Ordinal);

    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var path = request.Key.Trim('/');
        var reply = await vault.SendAsync(new VaultCall(request.CredentialName, HttpMethod.Get, $"/v1/{VaultPath.Escape(path)}", $"'read' on '{path}'") { TakesRefusal = true, CarriesValue = true }, ct).ConfigureAwait(false);
        if (reply.IsRefused)
        {
            throw new BackendException(request.CredentialName, BackendFailure.NotFound, $"Vault has no static role at '{path}'", "Check the path, such as database/static-creds/<role>, the mount and the namespace.");
        }

        using var data = reply.Read(VaultJson.Default.VaultAnswerJsonDocument).Data;
        if (data is not { RootElement: { ValueKind: JsonValueKind.Object } role }
            || !role.TryGetProperty("last_vault_rotation", out var last) || last.ValueKind != JsonValueKind.String || !last.TryGetDateTimeOffset(out var rotatedOn))
        {
            throw new BackendException(request.CredentialName, BackendFailure.InvalidContent, $"what Vault answers at '{path}' is not the password of a static role", "Give a path such as database/static-creds/<role>; what is leased is FromVaultLease's.");
        }

        var id = rotatedOn.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfffffff", CultureInfo.InvariantCulture);
        var left = TimeSpan.FromSeconds(role.TryGetProperty("ttl", out var ttl) && ttl.TryGetInt64(out var seconds) ? seconds : 0);

        // Vault changes a password at the other side first, and tells it a moment later.
        Clock(request.Key).Set(request.RejectedVersionIds.Contains(id) ? TimeSpan.Zero : left);
        var value = request.KnownVersionIds.Contains(id) ? null : VaultValue.Of(request, field, PasswordOf(role), $"the static role '{path}'");
        return new BackendListing([new BackendVersion(id, value) { CreatedOn = rotatedOn }]);
    }

    public IChangeToken Watch(string key) => Clock(key).Token;

    private static string PasswordOf(JsonElement role)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var property in role.EnumerateObject().Where(static property => !Besides.Contains(property.Name)))
            {
                property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.WrittenSpan);
    }

    private RotationClock Clock(string key) => _clocks.GetOrAdd(key, _ => new RotationClock(time));
}
