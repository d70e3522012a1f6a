using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Presenting;

/// <summary>A login that fails for no stated reason: another version decides what it meant.</summary>
public sealed class SuspicionTests
{
    private const CredentialOutcome Accepted = CredentialOutcome.Accepted;
    private const CredentialOutcome Rejected = CredentialOutcome.Rejected;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCredentialProvider _provider = new("orders-db", "one");
    private readonly Presenter<string> _presenter;

    public SuspicionTests()
    {
        _provider.RotateTo("two");
        _presenter = new Presenter<string>(_provider, static version => version.Reveal(), new PresenterOptions { Time = _time });
    }

    [Fact]
    public async Task A_suspicion_is_reported_once_the_other_version_is_accepted()
    {
        var other = await SuspectAsync(_presenter.Take());
        Assert.Equal("one", other!.Value.Value);
        Assert.Empty(_provider.Reports);

        _presenter.Accepted(other.Value);

        Assert.Equal([new("v2", Rejected), new("v1", Accepted)], _provider.Reports);
        Assert.Equal("one", _presenter.Take().Value);
    }

    [Fact]
    public async Task The_same_failure_of_the_other_version_accuses_neither()
    {
        Assert.Null(await SuspectAsync((await SuspectAsync(_presenter.Take()))!.Value));

        Assert.Empty(_provider.Reports);
        Assert.Equal("two", _presenter.Take().Value);
    }

    [Fact]
    public async Task A_server_that_is_down_costs_one_more_attempt_in_ten_seconds()
    {
        var attempts = 0;
        for (var second = 0; second < 60; second++)
        {
            for (Presented<string>? shown = _presenter.Take(); shown is { } one; shown = await SuspectAsync(one))
            {
                attempts++;
            }

            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(60 + 6, attempts);
    }

    [Fact]
    public async Task A_suspicion_that_was_right_may_be_followed_again_at_once()
    {
        _presenter.Accepted((await SuspectAsync(_presenter.Take()))!.Value);

        var other = await SuspectAsync(_presenter.Take());

        Assert.Equal("two", other!.Value.Value);
    }

    [Fact]
    public async Task One_operation_at_a_time_follows_a_suspicion_and_the_others_do_as_it_did()
    {
        var (first, second, third) = (_presenter.Take(), _presenter.Take(), _presenter.Take());
        var other = await SuspectAsync(first);
        var waiting = SuspectAsync(second);
        var late = SuspectAsync(third);
        Assert.False(waiting.IsCompleted || late.IsCompleted);

        _presenter.Accepted(other!.Value);

        Assert.Equal("one", (await waiting)!.Value.Value);
        Assert.Equal("one", (await late)!.Value.Value);
    }

    [Fact]
    public async Task Those_who_wait_for_a_suspicion_that_led_to_nothing_fail_with_it()
    {
        var (first, second) = (_presenter.Take(), _presenter.Take());
        var other = await SuspectAsync(first);
        var waiting = SuspectAsync(second);
        Assert.False(waiting.IsCompleted);

        Assert.Null(await SuspectAsync(other!.Value));

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task Those_who_wait_for_an_operation_that_never_ends_wait_no_longer_than_allowed()
    {
        var (first, second) = (_presenter.Take(), _presenter.Take());
        Assert.NotNull(await SuspectAsync(first));
        var waiting = SuspectAsync(second);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task The_next_suspicion_tries_another_version_than_the_one_that_did_not_help()
    {
        _provider.RotateTo("three");
        Assert.Equal("two", await OtherOfOneSuspicionAsync());
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("one", await OtherOfOneSuspicionAsync());

        async Task<string> OtherOfOneSuspicionAsync()
        {
            var other = await SuspectAsync(_presenter.Take());
            Assert.Null(await SuspectAsync(other!.Value));
            return other.Value.Value;
        }
    }

    [Fact]
    public async Task A_certain_refusal_of_the_other_version_says_nothing_of_the_first_one()
    {
        var other = await SuspectAsync(_presenter.Take());

        Assert.Null(await _presenter.FindOtherAsync(other!.Value, ct: Ct));

        Assert.Equal([new("v1", Rejected)], _provider.Reports);
    }

    private Task<Presented<string>?> SuspectAsync(Presented<string> shown) => _presenter.FindOtherAsync(shown, RefusalKind.Suspected, Ct).AsTask();
}
