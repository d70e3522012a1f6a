using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>What docs/spiffe.md says of costs, in calls.</summary>
public sealed class CallCountTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_stream_stays_open_and_each_credential_asks_once_at_its_load_a_message_and_a_refresh()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent, more: static credentials => credentials.AddCredential("other", static c => c.FromSpiffe().Configure(static options =>
        {
            options.RefreshInterval = TimeSpan.FromHours(1);
            options.RefreshAtLifeFraction = 1;
        }))).LoadAsync();
        var other = workload.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("other");
        await other.GetCurrentAsync(Ct);
        await workload.ListenAsync();
        await SettleAsync(agent);
        var before = Calls(agent);

        await workload.Svid.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(before + 1, Calls(agent));

        var serial = workload.Serial;
        agent.State.Renew();
        await Eventually.TrueAsync(() => workload.Serial != serial && Calls(agent) >= before + 3);
        await SettleAsync(agent);

        // The stream was not opened again: one call for each credential is all that came.
        Assert.Equal(before + 3, Calls(agent));
        Assert.Equal(1, workload.Log.Count(560));
    }

    private static int Calls(TestAgent agent) => agent.State.Calls("FetchX509SVID");

    // Until nothing is asked for a while: what comes later makes a count too high, and never right by chance.
    private static async Task SettleAsync(TestAgent agent)
    {
        for (var (last, same) = (-1, 0); same < 10; same++)
        {
            var now = Calls(agent);
            (last, same) = (now, now == last ? same : 0);
            await Task.Delay(20, Ct);
        }
    }
}
