using System.Text.Json;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Logins;

/// <summary>One attempt to log in.</summary>
internal static class LoginCall
{
    /// <returns><see langword="null"/> if Vault refused it.</returns>
    public static async Task<GivenToken?> SendAsync(VaultWire wire, string credentialName, string mount, IReadOnlyDictionary<string, string> body, CancellationToken ct)
    {
        var call = VaultCall.Write(credentialName, $"auth/{mount}/login", body.ToDictionary(static pair => pair.Key, static pair => JsonSerializer.SerializeToElement(pair.Value, VaultJson.Default.String)));
        var reply = await wire.SendAsync(call, token: null, ct).ConfigureAwait(false);
        if (reply.IsRefused || reply.IsDenied)
        {
            return null;
        }

        var given = reply.Read(VaultJson.Default.LoginAnswer).Auth ?? throw reply.Unexpected();
        given.Index = reply.Index;
        return given;
    }

    public static BackendException Refused(string credentialName, string mount, string fix) =>
        new(credentialName, BackendFailure.AccessDenied, $"Vault refused the login at 'auth/{mount}'", fix);
}
