using System.DirectoryServices.Protocols;
using System.Net;

/// <summary>Work on an LDAP directory. A bind that is refused is tried again with another version, in the same call.</summary>
public sealed class OrdersDirectory(IRotatingCredentialProvider credential, LdapDirectoryIdentifier server, Action<LdapSessionOptions> configure)
{
    private const int InvalidCredentials = 49;

    private readonly Presenter<UsernamePassword> _presenter = new(
        credential.ForConsumer("directory"),
        version => UsernamePassword.Parse(version).RequireServer(server.Servers[0], server.PortNumber));

    public async Task<T> UseAsync<T>(Func<LdapConnection, T> work, CancellationToken ct)
    {
        for (var shown = await _presenter.TakeAsync(ct); ;)
        {
            using var connection = new LdapConnection(server, new NetworkCredential(shown.Value.Username, shown.Value.Password), AuthType.Basic);
            connection.SessionOptions.ProtocolVersion = 3;
            configure(connection.SessionOptions);
            try
            {
                await Task.Run(connection.Bind, ct);
            }
            catch (LdapException error) when (error.ErrorCode == InvalidCredentials)
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
            return await Task.Run(() => work(connection), ct);
        }
    }
}
