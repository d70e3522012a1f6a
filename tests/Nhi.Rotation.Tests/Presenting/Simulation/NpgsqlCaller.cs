using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Npgsql;
using Nhi.Rotation.Npgsql.Logins;
using Nhi.Rotation.Npgsql.Opening;
using Nhi.Rotation.Npgsql.Pools;
using Nhi.Rotation.Npgsql.Telemetry;
using Npgsql;

namespace Nhi.Rotation.Tests.Presenting.Simulation;

/// <summary>The real opening of connections, down to the login, which the partner accepts or refuses.</summary>
internal sealed class NpgsqlCaller : PartnerWorld.IClient
{
    private readonly PartnerWorld _world;
    private readonly PoolEvents _events = new();
    private readonly PoolShelf _shelf;
    private readonly Opener _opener;

    public NpgsqlCaller(IRotatingCredentialProvider provider, PartnerWorld world)
    {
        _world = world;
        var setup = new PoolSetup("Host=partner.example;Username=app", new RotatingNpgsqlOptions(), "orders", NullLoggerFactory.Instance, world.Time);
        var presenter = new Presenter<Login>(provider, version => Login.Read(version, setup.Terms), setup.Presenting);
        var log = new DataSourceLog(NullLogger.Instance, "orders", provider.Name, world.Time);
        _shelf = new PoolShelf(new PoolList("orders", setup, _events), provider, presenter, setup, _events, log);
        _opener = new Opener(_shelf, presenter, log);
    }

    public async Task<bool> CallAsync()
    {
        try
        {
            await _opener.RunAsync((_, offer, _) => LogInAsync(offer), mayWait: true, CancellationToken.None);
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    public void Dispose() => _shelf.Dispose();

    private ValueTask<NpgsqlConnection?> LogInAsync(Offer offer)
    {
        if (!_world.Accepts(offer.Take()))
        {
            throw new PostgresException("password authentication failed for user \"app\"", "FATAL", "FATAL", PostgresErrorCodes.InvalidPassword);
        }

        _events.Accepted(offer);
        return ValueTask.FromResult<NpgsqlConnection?>(null);
    }
}
