using System.Net;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.StackExchangeRedis.Connections;
using Nhi.Rotation.StackExchangeRedis.Servers;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.StackExchangeRedis.Tests;

public sealed class ServerLoginsTests
{
    private static readonly AuthReply Suspected = new(AuthAnswer.Suspected, "SocketClosed");
    private static readonly AuthReply Rejected = new(AuthAnswer.Rejected);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCredentialProvider _provider = new("cache", "one");
    private readonly LogCollector _log = new();
    private readonly ServerReports _reports;
    private readonly ServerLogins _logins;

    public ServerLoginsTests()
    {
        _provider.RotateTo("two");
        _reports = new ServerReports(new DnsEndPoint("redis", 6379), "cache", () => _log.CreateLogger(string.Empty), _time);
        _logins = new ServerLogins(RedisSetup.NewPresenter(_provider, RedisTerms.Plain, _time), _reports, Patience, _time);
    }

    [Fact]
    public async Task One_end_without_a_reason_is_chance_and_the_second_in_a_row_is_a_suspicion()
    {
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);
        Assert.Equal("v2", Choose().Version.VersionId);

        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);
        Assert.Equal("v1", Choose().Version.VersionId);
        Assert.Empty(_provider.Reports);
    }

    [Fact]
    public async Task Between_two_ends_an_acceptance_clears_the_first()
    {
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);
        await _logins.AuthenticateAsync(Choose(), static _ => Task.FromResult(new AuthReply(AuthAnswer.Accepted)));
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);

        Assert.False(_logins.HasOther);
    }

    [Fact]
    public async Task A_subscription_connection_neither_raises_a_suspicion_nor_follows_one()
    {
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: true);
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: true);
        Assert.False(_logins.HasOther);

        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);
        Assert.Equal(("v2", "v1"), (_logins.Choose(isSubscription: true).Version.VersionId, Choose().Version.VersionId));
    }

    [Fact]
    public async Task What_is_tried_on_suspicion_fails_once_and_then_neither_is_to_blame()
    {
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);
        await _logins.EndedAsync(Choose(), Suspected, isSubscription: false);

        Assert.Equal("v2", Choose().Version.VersionId);
        Assert.Empty(_provider.Reports);
    }

    [Fact]
    public async Task After_a_refusal_all_connections_present_the_other_version_for_a_failing_connect_and_ten_seconds()
    {
        await _logins.EndedAsync(Choose(), Rejected, isSubscription: true);
        Assert.Equal(("v1", "v1"), (_logins.Choose(isSubscription: true).Version.VersionId, Choose().Version.VersionId));

        _time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.True(_reports.IsRefused("v2"));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_reports.IsRefused("v2"));
        _time.Advance(Patience - TimeSpan.FromTicks(1));
        Assert.True(_logins.HasOther);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_logins.HasOther);
        Assert.Equal("v2", Choose().Version.VersionId);
    }

    [Theory]
    [InlineData(AuthAnswer.Suspected, "v1")]
    [InlineData(AuthAnswer.Rejected, "v2")]
    public async Task What_comes_after_a_refusal_is_given_up_when_it_is_refused_and_not_for_a_suspicion(object answer, string next)
    {
        await _logins.EndedAsync(Choose(), Rejected, isSubscription: false);
        var other = Choose();
        await _logins.EndedAsync(other, new AuthReply((AuthAnswer)answer), isSubscription: false);
        await _logins.EndedAsync(other, new AuthReply((AuthAnswer)answer), isSubscription: false);

        Assert.Equal(next, Choose().Version.VersionId);
    }

    [Fact]
    public void A_refusal_is_told_once_a_minute_and_at_once_after_an_acceptance()
    {
        var version = Choose().Version;
        _reports.Heard(version, Rejected);
        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        _reports.Heard(version, Rejected);
        Assert.Equal(1, Told());

        _time.Advance(TimeSpan.FromTicks(1));
        _reports.Heard(version, Rejected);
        Assert.Equal(2, Told());

        _reports.Heard(version, new AuthReply(AuthAnswer.Accepted));
        _reports.Heard(version, Rejected);
        Assert.Equal(3, Told());

        int Told() => _log.Messages.Count(static message => message.Id == 521);
    }

    private Presented<string> Choose() => _logins.Choose(isSubscription: false);
}
