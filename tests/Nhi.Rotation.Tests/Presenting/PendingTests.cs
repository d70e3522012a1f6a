using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Presenting;

/// <summary>A rotation that got no further than the other side: the store has the new version, and calls it pending.</summary>
public sealed class PendingTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_backend_calls_pending_is_tried_last_where_that_is_wanted(bool isWanted)
    {
        var store = new ScriptedBackend().Put("v0", "v0", VersionLabel.Previous).Put("v1", "v1", VersionLabel.Current).Put("v2", "v2", VersionLabel.Pending);
        var (engine, provider) = await Engine.StartAsync(store, new CredentialOptions { TryPendingLast = isWanted });
        await using var closing = engine;
        var presenter = new Presenter<string>(provider, static version => version.Reveal(), new PresenterOptions { Time = engine.Time });

        var tried = new List<string>();
        for (Presented<string>? shown = presenter.Take(); shown is { } one; shown = await presenter.FindOtherAsync(one, ct: Ct))
        {
            tried.Add(one.Value);
            if (one.Value == "v2")
            {
                presenter.Accepted(one);
                break;
            }
        }

        Assert.Equal(isWanted ? ["v1", "v0", "v2"] : ["v1", "v0"], tried);
        Assert.Equal("v1", provider.Current.VersionId);
        Assert.Equal(isWanted ? "v2" : "v1", presenter.Take().Value);
    }
}
