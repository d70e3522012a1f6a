using Microsoft.Data.SqlClient;

public sealed class LedgerDatabase
{
    private readonly Presenter<string> _presenter;

    public LedgerDatabase(IRotatingCredentialProvider credential, string connectionString) => _presenter = new Presenter<string>(
        credential.ForConsumer("ledger-db"),
        version =>
        {
            var settings = new SqlConnectionStringBuilder(connectionString);
            var login = UsernamePassword.Parse(version).RequireServer(Server(settings, out var port), port, settings.InitialCatalog);
            settings.Password = login.Password;
            settings.UserID = login.Username ?? settings.UserID;
            return settings.ConnectionString;
        },
        new PresenterOptions { AskStoreFirst = true, MaxAttempts = 2 });

    public async Task<SqlConnection> OpenAsync(CancellationToken ct)
    {
        var shown = await _presenter.TakeAsync(ct);
        while (true)
        {
            var connection = new SqlConnection(shown.Value);
            try
            {
                await connection.OpenAsync(ct);
                _presenter.Accepted(shown);
                return connection;
            }
            catch (Exception error)
            {
                await connection.DisposeAsync();

                // A wrong password, or a login that is disabled, locked or expired.
                if (error is not SqlException { Number: 18456 or 18470 or 18486 or 18487 or 18488 } || await _presenter.FindOtherAsync(shown, ct: ct) is not { } other)
                {
                    throw;
                }

                shown = other;
            }
        }
    }

    // tcp:db,1433
    private static string Server(SqlConnectionStringBuilder settings, out int port)
    {
        var parts = settings.DataSource.Replace("tcp:", "").Split(',');
        port = parts.Length == 2 && int.TryParse(parts[1], out var own) ? own : 1433;
        return parts[0];
    }
}
