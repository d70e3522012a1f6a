using System.Security.Cryptography;
using Renci.SshNet;
using Renci.SshNet.Common;

/// <summary>Work over SFTP with a private key. A login that is refused is tried again with another version, in the same call.</summary>
public sealed class OrdersFiles(IRotatingCredentialProvider credential, string host, int port, string user, byte[] hostKeySha256)
{
    private readonly Presenter<byte[]> _presenter = new(credential.ForConsumer("sftp"), static version => version.RevealBytes().ToArray());

    public async Task<T> UseAsync<T>(Func<SftpClient, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        for (var shown = await _presenter.TakeAsync(ct); ;)
        {
            using var key = new PrivateKeyFile(new MemoryStream(shown.Value, writable: false));
            using var client = new SftpClient(new ConnectionInfo(host, port, user, new PrivateKeyAuthenticationMethod(user, key)));
            client.HostKeyReceived += (_, server) => server.CanTrust = CryptographicOperations.FixedTimeEquals(SHA256.HashData(server.HostKey), hostKeySha256);
            try
            {
                await client.ConnectAsync(ct);
            }
            catch (SshAuthenticationException)
            {
                if (await _presenter.FindOtherAsync(shown, ct: ct) is not { } other)
                {
                    throw;
                }

                shown = other;
                continue;
            }

            _presenter.Accepted(shown);
            using var hold = shown.Version.Hold();
            return await work(client, ct);
        }
    }
}
