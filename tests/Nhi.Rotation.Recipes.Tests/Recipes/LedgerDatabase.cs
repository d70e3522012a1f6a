using Microsoft.Data.SqlClient;

public sealed class LedgerDatabase
{
    private readonly IRotatingCredentialProvider _credential;
    private readonly IDerived<(Credential Version, string ConnectionString)> _login;

    public LedgerDatabase(IRotatingCredentialProvider credential, string connectionString)
    {
        _credential = credential.ForConsumer("ledger-db");
        _login = _credential.Derive(version =>
        {
            var login = UsernamePassword.Parse(version);
            var settings = new SqlConnectionStringBuilder(connectionString) { Password = login.Password };
            settings.UserID = login.Username ?? settings.UserID;
            return (version, settings.ConnectionString);
        });
    }

    public async Task<SqlConnection> OpenAsync(CancellationToken ct)
    {
        var login = _login.Current;
        var connection = new SqlConnection(login.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            _credential.Report(login.Version, CredentialOutcome.Accepted);
            return connection;
        }
        catch (Exception error)
        {
            await connection.DisposeAsync();
            if (error is SqlException { Number: 18456 or 18470 or 18486 or 18487 or 18488 })
            {
                // A wrong password, or a login that is disabled, locked or expired: ask the store.
                _credential.Report(login.Version, CredentialOutcome.Rejected);
            }

            throw;
        }
    }
}
