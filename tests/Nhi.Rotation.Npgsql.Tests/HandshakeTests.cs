using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;
using Npgsql;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>A server that closes, stalls or lies at each byte of the login of one user, and is all right for the other.</summary>
public sealed class HandshakeTests : IAsyncDisposable
{
    private readonly LoginServer _server = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public Task Wherever_the_server_closes_the_connection_the_other_version_is_tried() => PlayAsync(HandshakeFaultKind.Close);

    [Fact]
    public Task Whatever_the_server_says_wrongly_the_other_version_is_tried() => PlayAsync(HandshakeFaultKind.Lie);

    [Fact]
    public async Task A_server_that_stalls_once_it_has_asked_for_the_password_is_left_for_the_other_version()
    {
        var length = await MeasureAsync();
        int[] places = [length / 3, length / 2, length - 30, length - 1];

        await Task.WhenAll(places.Select(async place =>
        {
            await using var server = new LoginServer { FaultOf = user => user == "b" ? new HandshakeFault(HandshakeFaultKind.Stall, place) : null };
            var provider = Rotated();
            await using var orders = new RotatingNpgsqlDataSource($"{server.ConnectionString};Timeout=1", provider);

            await using var connection = await orders.OpenConnectionAsync(Ct);

            Assert.Equal([new("v2", CredentialOutcome.Rejected), new("v1", CredentialOutcome.Accepted)], provider.Reports);
        }));
    }

    [Fact]
    public async Task A_server_that_says_nothing_at_all_is_no_refusal()
    {
        _server.FaultOf = static _ => new HandshakeFault(HandshakeFaultKind.Stall, 0);
        await using var orders = new RotatingNpgsqlDataSource($"{_server.ConnectionString};Timeout=1", Rotated());

        await Assert.ThrowsAsync<NpgsqlException>(async () => await orders.OpenConnectionAsync(Ct));

        Assert.Equal(["b"], _server.Tried);
    }

    [Theory]
    [InlineData("57P03", "the database system is starting up")]
    [InlineData("53300", "sorry, too many clients already")]
    [InlineData("3D000", "database \"orders\" does not exist")]
    [InlineData("42501", "permission denied for database \"orders\"")]
    public async Task What_the_server_says_of_something_else_is_no_refusal(string state, string text)
    {
        _server.Error = (state, text);
        var provider = Rotated();
        await using var orders = new RotatingNpgsqlDataSource(_server.ConnectionString, provider);

        var error = await Assert.ThrowsAsync<PostgresException>(async () => await orders.OpenConnectionAsync(Ct));

        Assert.Equal(state, error.SqlState);
        Assert.Equal(["b"], _server.Tried);
        Assert.Empty(provider.Reports);
    }

    [Theory]
    [InlineData("08P01", "server login has been failing")]
    [InlineData("08004", "the proxy has no credentials for this role")]
    [InlineData("58000", "no pool configured for this user")]
    [InlineData("XX000", "internal error")]
    public async Task What_may_be_about_the_login_is_tried_once_with_the_other_version_and_accuses_nobody_if_that_fails_too(string state, string text)
    {
        _server.Error = (state, text);
        var provider = Rotated();
        await using var orders = new RotatingNpgsqlDataSource(_server.ConnectionString, provider);

        await Assert.ThrowsAsync<PostgresException>(async () => await orders.OpenConnectionAsync(Ct));

        Assert.Equal(["b", "a"], _server.Tried);
        Assert.Empty(provider.Reports);
    }

    [Fact]
    public async Task TLS_that_the_server_does_not_have_is_no_refusal()
    {
        await using var orders = new RotatingNpgsqlDataSource(_server.ConnectionString.Replace("Disable", "Require", StringComparison.Ordinal), Rotated());

        await Assert.ThrowsAsync<NpgsqlException>(async () => await orders.OpenConnectionAsync(Ct));

        Assert.Empty(_server.Tried);
    }

    [Fact]
    public async Task A_server_that_closes_all_logins_costs_one_more_attempt_in_ten_seconds()
    {
        _server.FaultOf = static _ => new HandshakeFault(HandshakeFaultKind.Close, 20);
        var time = new FakeTimeProvider();
        var provider = Rotated();
        await using var orders = new RotatingNpgsqlDataSource(_server.ConnectionString, provider, timeProvider: time);
        for (var second = 0; second < 60; second++)
        {
            for (var open = 0; open < 3; open++)
            {
                await Assert.ThrowsAsync<NpgsqlException>(async () => await orders.OpenConnectionAsync(Ct));
            }

            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((180, 6), (_server.Tried.Count(static user => user == "b"), _server.Tried.Count(static user => user == "a")));
        Assert.Empty(provider.Reports);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task No_more_versions_are_refused_in_a_row_than_allowed(int allowed)
    {
        _server.PasswordOf = static _ => null;
        var provider = Rotated();
        foreach (var user in "cdef")
        {
            provider.RotateTo(Value($"{user}"));
        }

        await using var orders = new RotatingNpgsqlDataSource(_server.ConnectionString, provider, new RotatingNpgsqlOptions { MaxAttempts = allowed });

        await Assert.ThrowsAsync<PostgresException>(async () => await orders.OpenConnectionAsync(Ct));

        Assert.Equal(allowed, _server.Tried.Count);
    }

    // Each place with a data source of its own, which knows nothing of the last one.
    private async Task PlayAsync(HandshakeFaultKind kind)
    {
        var length = await MeasureAsync();
        var others = 0;
        for (var at = 0; at < length; at++)
        {
            var place = at;
            _server.FaultOf = user => user == "b" ? new HandshakeFault(kind, place) : null;
            var provider = Rotated();
            await using var orders = new RotatingNpgsqlDataSource(_server.ConnectionString, provider);

            await using var connection = await orders.OpenConnectionAsync(Ct);

            // A lie about a server's parameter does no harm.
            if (connection.UserName == "a")
            {
                others++;
                Assert.Equal([new("v2", CredentialOutcome.Rejected), new("v1", CredentialOutcome.Accepted)], provider.Reports);
            }
        }

        Assert.True(length > 200, $"the handshake has only {length} bytes");
        Assert.InRange(others, kind == HandshakeFaultKind.Close ? length : length / 2, length);
    }

    private async Task<int> MeasureAsync()
    {
        await using var orders = new RotatingNpgsqlDataSource(_server.ConnectionString, new FakeCredentialProvider("orders-db", Value("b")));
        await using (await orders.OpenConnectionAsync(Ct))
        {
            return _server.HandshakeLength;
        }
    }

    private static FakeCredentialProvider Rotated()
    {
        var provider = new FakeCredentialProvider("orders-db", Value("a"));
        provider.RotateTo(Value("b"));
        return provider;
    }

    // The password is the user name.
    private static string Value(string user) => $$"""{"username":"{{user}}","password":"{{user}}"}""";
}
