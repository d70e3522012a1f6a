using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Presenting;

/// <summary>Many operations are under way when the other side changes its mind.</summary>
public sealed class CrowdTests
{
    private const int Crowd = 200;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCredentialProvider _provider = new("partner", "one");
    private readonly Presenter<string> _presenter;

    public CrowdTests()
    {
        _provider.RotateTo("two");
        _presenter = new Presenter<string>(_provider, static version => version.Reveal(), new PresenterOptions { Time = _time });
    }

    [Fact]
    public async Task All_who_are_refused_at_once_find_what_the_target_has_gone_over_to()
    {
        await CallAsync(_presenter.Take(), "one");

        Assert.Equal(0, await FailedOfCrowdAsync("two"));
        Assert.Equal(0, await FailedOfCrowdAsync("one"));
        Assert.Equal(0, await FailedOfCrowdAsync("two"));
    }

    [Fact]
    public async Task The_flood_is_over_when_one_of_them_is_accepted()
    {
        for (var operation = 0; operation < 100; operation++)
        {
            Assert.False(await CallAsync(_presenter.Take(), accepted: null));
        }

        // One operation a second finds out.
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await CallAsync(_presenter.Take(), "one"));

        Assert.Equal(0, await FailedOfCrowdAsync("two"));
    }

    [Fact]
    public async Task A_crowd_against_a_target_that_refuses_everything_is_paced_once_that_is_known()
    {
        // The first crowd learns that both are refused; the second one tries all the same.
        await FailedOfCrowdAsync(accepted: null);
        await FailedOfCrowdAsync(accepted: null);
        var before = _provider.Reports.Count;

        Assert.Equal(Crowd, await FailedOfCrowdAsync(accepted: null));

        // The first attempt of each, and no second one.
        Assert.Equal(Crowd, _provider.Reports.Count - before);
    }

    // All have taken a version before any is answered, and all look for another one before any of those is.
    private async Task<int> FailedOfCrowdAsync(string? accepted)
    {
        var shown = Enumerable.Range(0, Crowd).Select(_ => _presenter.Take()).ToArray();
        var others = new List<Presented<string>>();
        var failed = 0;
        foreach (var one in shown)
        {
            if (one.Value == accepted)
            {
                _presenter.Accepted(one);
            }
            else if (await _presenter.FindOtherAsync(one, ct: Ct) is { } other)
            {
                others.Add(other);
            }
            else
            {
                failed++;
            }
        }

        foreach (var other in others)
        {
            failed += await CallAsync(other, accepted) ? 0 : 1;
        }

        return failed;
    }

    private async Task<bool> CallAsync(Presented<string>? shown, string? accepted)
    {
        for (; shown is { } one; shown = await _presenter.FindOtherAsync(one, ct: Ct))
        {
            if (one.Value == accepted)
            {
                _presenter.Accepted(one);
                return true;
            }
        }

        return false;
    }
}
