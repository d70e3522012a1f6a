using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Spiffe.Trust;
using Nhi.Rotation.Spiffe.Workload;
using SpiffeSample.LocalAgent;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>An agent that takes the stream and sends nothing on it: the bundles must not stay what they were for ever.</summary>
public sealed class SilentStreamTests
{
    [Fact]
    public async Task A_stream_on_which_nothing_comes_is_opened_again()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        agent.State.IsSilent = true;
        await using var workload = new TestWorkload(agent, time: time);
        var trust = workload.Services.GetRequiredService<SpiffeTrust>();
        await Eventually.TrueAsync(() => agent.State.Calls("FetchX509SVID") == 1);

        await AdvanceUntilAsync(time, () => agent.State.Calls("FetchX509SVID") > 1);
        Assert.Contains("sends nothing on a stream that it took", workload.Log.Text(561), StringComparison.Ordinal);
        agent.State.IsSilent = false;
        await AdvanceUntilAsync(time, () => workload.Log.Count(560) == 1);
        Assert.Equal(["example.org"], trust.TrustDomains);

        // One that has brought something may be silent for as long as nothing changes.
        var calls = agent.State.Calls("FetchX509SVID");
        time.Advance(TimeSpan.FromHours(1));
        agent.State.Push();
        using var partner = new TrustDomain("partner.example");
        agent.State.Federate(partner);
        await Eventually.TrueAsync(() => trust.TrustDomains.Contains("partner.example"));
        Assert.Equal(calls, agent.State.Calls("FetchX509SVID"));
    }

    [Fact]
    public async Task As_long_as_the_stream_brings_nothing_a_refresh_brings_the_bundles()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        using var partner = new TrustDomain("partner.example");
        await using var workload = new TestWorkload(agent);
        var store = workload.Services.GetRequiredService<TrustStore>();

        store.Begin(Message(agent));
        agent.State.Federate(partner);
        store.Begin(Message(agent));

        Assert.Equal(["example.org", "partner.example"], store.TrustDomains.Order(StringComparer.Ordinal));
        store.Start();
        await workload.ListenAsync();
        agent.State.Part(partner);
        await Eventually.TrueAsync(() => !store.TrustDomains.Contains("partner.example"));
        agent.State.Federate(partner);
        await Eventually.TrueAsync(() => store.TrustDomains.Contains("partner.example"));

        // What was asked for before a message may come after it.
        using var other = new TrustDomain("other.example");
        var message = Message(agent);
        message.FederatedBundles.Add("spiffe://other.example", ByteString.CopyFrom(other.ToBundle()));
        store.Begin(message);
        Assert.DoesNotContain("other.example", store.TrustDomains);
    }

    private static X509SVIDResponse Message(TestAgent agent) => X509SVIDResponse.Parser.ParseFrom(agent.State.Now().Response!.ToByteArray());

    private static Task AdvanceUntilAsync(FakeTimeProvider time, Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });
}
