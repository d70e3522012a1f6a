using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.StackExchangeRedis.Connections;
using Nhi.Rotation.StackExchangeRedis.Servers;

namespace Nhi.Rotation.Tests.Presenting.Simulation;

/// <summary>What Redis connections present, with the partner as their server: by turns a connect that is repeated, and AUTH on a connection that is open.</summary>
internal sealed class RedisCaller(IRotatingCredentialProvider provider, PartnerWorld world) : PartnerWorld.IClient
{
    private readonly ServerLogins _logins = new(
        RedisSetup.NewPresenter(provider, RedisTerms.Plain, world.Time),
        new ServerReports(new DnsEndPoint("redis.example", 6379), provider.Name, static () => NullLogger.Instance, world.Time),
        TimeSpan.FromSeconds(15),
        world.Time);

    private bool _isOpen;

    public async Task<bool> CallAsync()
    {
        _isOpen = !_isOpen;
        return _isOpen ? await ConnectAsync() : await AuthenticateAsync();
    }

    public void Dispose()
    {
    }

    private async Task<bool> ConnectAsync()
    {
        while (true)
        {
            var login = _logins.Choose(isSubscription: false);
            if (Ask(login.Version).Answer == AuthAnswer.Accepted)
            {
                return await _logins.AuthenticateAsync(login, version => Task.FromResult(Ask(version))) is not null;
            }

            await _logins.EndedAsync(login, new AuthReply(AuthAnswer.Rejected), isSubscription: false);
            if (!_logins.HasOther)
            {
                return false;
            }
        }
    }

    private async Task<bool> AuthenticateAsync() => await _logins.AuthenticateAsync(_logins.Choose(isSubscription: false), version => Task.FromResult(Ask(version))) is not null;

    private AuthReply Ask(Credential version) => new(world.Accepts(UsernamePassword.Parse(version).Password) ? AuthAnswer.Accepted : AuthAnswer.Rejected);
}
