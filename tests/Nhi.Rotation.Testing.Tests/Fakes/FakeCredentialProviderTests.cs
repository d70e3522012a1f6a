using System.Text;
using System.Text.Json;

namespace Nhi.Rotation.Testing.Tests.Fakes;

public class FakeCredentialProviderTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public void A_captured_version_that_is_revealed_after_a_rotation_shows()
    {
        var stripe = new FakeCredentialProvider("stripe", "old");
        var captured = stripe.Current;
        Assert.Equal("v2", stripe.RotateTo("new"));

        Assert.Equal("old", captured.Reveal());
        Assert.Equal("new", stripe.Current.Reveal());

        Assert.Equal(CredentialStage.Previous, captured.Stage);
        Assert.Equal((1, 1), (stripe.UsesOf("v1"), stripe.UsesOf("v2")));
    }

    [Fact]
    public void Uses_are_told_apart_by_consumer()
    {
        var stripe = new FakeCredentialProvider("stripe", "x");
        stripe.ForConsumer("charges").Current.Reveal();
        stripe.ForConsumer("charges").Current.Reveal();
        stripe.ForConsumer("refunds").Current.RevealBytes();

        Assert.Equal((3, 2, 1, 0), (stripe.UsesOf("v1"), stripe.UsesOf("v1", "charges"), stripe.UsesOf("v1", "refunds"), stripe.UsesOf("v1", "other")));
    }

    [Fact]
    public void A_derived_value_is_built_once_per_version_and_counts_when_read()
    {
        var stripe = new FakeCredentialProvider("stripe", "old");
        var built = new List<string>();
        var header = stripe.Derive(credential =>
        {
            built.Add(credential.Reveal());
            return $"Bearer {credential.Reveal()}";
        });

        Assert.Equal(("Bearer old", "Bearer old"), (header.Current, header.Current));
        stripe.RotateTo("new");
        Assert.Equal("Bearer new", header.Current);

        Assert.Equal(["old", "new"], built);
        Assert.Equal((2, 1), (stripe.UsesOf("v1"), stripe.UsesOf("v2")));
        Assert.Equal("v2", header.Source.VersionId);
    }

    [Fact]
    public void A_derived_value_that_cannot_be_built_leaves_the_last_good_one()
    {
        var numbers = new FakeCredentialProvider("numbers", "1");
        var number = numbers.Derive(credential => int.Parse(credential.Reveal()));
        numbers.RotateTo("not a number");

        Assert.Equal(1, number.Current);
        Assert.Equal((1, 0), (numbers.UsesOf("v1"), numbers.UsesOf("v2")));
    }

    [Fact]
    public async Task A_derived_value_does_not_outlive_the_revocation_of_its_version()
    {
        var numbers = new FakeCredentialProvider("numbers", "1");
        var number = numbers.Derive(credential => int.Parse(credential.Reveal()));
        numbers.RotateTo("not a number");
        Assert.Equal(1, number.Current);

        await numbers.RevokeAsync("v1", "leaked", Ct);

        Assert.Throws<CredentialUnavailableException>(() => number.Current);
    }

    [Fact]
    public async Task A_revocation_needs_a_reason_as_with_the_real_provider()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await new FakeCredentialProvider("stripe", "old").RevokeAsync("v1", "", Ct));
    }

    [Fact]
    public void A_derived_value_of_a_provider_of_nothing_is_unavailable()
    {
        var number = new FakeCredentialProvider("numbers", "not a number").Derive(credential => int.Parse(credential.Reveal()));

        Assert.Throws<CredentialUnavailableException>(() => number.Current);
        Assert.Throws<CredentialUnavailableException>(() => new FakeCredentialProvider("stripe").Derive(credential => credential.Reveal()).Source);
    }

    [Fact]
    public async Task Nothing_is_presentable_until_the_first_rotation()
    {
        var stripe = new FakeCredentialProvider("stripe");
        Assert.Throws<CredentialUnavailableException>(() => stripe.Current);
        Assert.Null(stripe.Credentials.Current);
        var waiting = stripe.GetCurrentAsync(Ct).AsTask();
        Assert.False(waiting.IsCompleted);

        stripe.RotateTo("x");

        Assert.Equal("v1", (await waiting.WaitAsync(TimeSpan.FromSeconds(30), Ct)).VersionId);
    }

    [Fact]
    public void The_change_token_fires_once_per_rotation()
    {
        var stripe = new FakeCredentialProvider("stripe", "old");
        var token = stripe.GetChangeToken();
        Assert.False(token.HasChanged);

        stripe.RotateTo("new");

        Assert.True(token.HasChanged);
        Assert.False(stripe.GetChangeToken().HasChanged);
    }

    [Fact]
    public void Match_recognises_every_version_and_accepts_what_is_valid()
    {
        var keys = new FakeCredentialProvider("keys", "one");
        keys.RotateTo("two");
        keys.RotateTo("three");
        keys.Retire("v1");

        Assert.Equal(new CredentialMatch("v3", CredentialStage.Current, isAccepted: true), keys.Match(Encoding.UTF8.GetBytes("three")));
        Assert.Equal(new CredentialMatch("v2", CredentialStage.Previous, isAccepted: true), keys.Match(Encoding.UTF8.GetBytes("two")));
        Assert.Equal(new CredentialMatch("v1", CredentialStage.Retired, isAccepted: false), keys.Match(Encoding.UTF8.GetBytes("one")));
        Assert.False(keys.Match(Encoding.UTF8.GetBytes("four")).IsRecognized);
        Assert.Equal((1, 1, 1), (keys.UsesOf("v1"), keys.UsesOf("v2"), keys.UsesOf("v3")));
    }

    [Fact]
    public void A_hold_counts_one_use_and_is_open_until_it_is_disposed()
    {
        var stripe = new FakeCredentialProvider("stripe", "old");
        var hold = stripe.ForConsumer("pool").Current.Hold();
        Assert.Equal((1, 1, 0), (stripe.UsesOf("v1", "pool"), stripe.HoldsOf("v1"), stripe.HoldsOf("v1", "app")));

        hold.Dispose();
        hold.Dispose();

        Assert.Equal((1, 0), (stripe.UsesOf("v1"), stripe.HoldsOf("v1")));
    }

    [Fact]
    public async Task A_revoked_version_gives_way_to_the_one_before_it()
    {
        var stripe = new FakeCredentialProvider("stripe", "old");
        stripe.RotateTo("new");

        await stripe.RevokeAsync("v2", "leaked", Ct);
        Assert.Equal("v1", stripe.Current.VersionId);

        await stripe.RevokeAsync("v1", "leaked", Ct);
        Assert.Throws<CredentialUnavailableException>(() => stripe.Current);
        Assert.False(stripe.Match("old"u8).IsAccepted);
    }

    [Fact]
    public async Task Reports_and_refreshes_are_recorded()
    {
        var stripe = new FakeCredentialProvider("stripe", "x");
        stripe.ForConsumer("charges").Report(stripe.Current, CredentialOutcome.Rejected);
        await stripe.RefreshAsync(RefreshReason.Rejection, Ct);

        Assert.Equal([new ReportedOutcome("v1", CredentialOutcome.Rejected)], stripe.Reports);
        Assert.Equal(1, stripe.Refreshes);
    }

    [Fact]
    public void Only_a_previous_version_retires()
    {
        var stripe = new FakeCredentialProvider("stripe", "x");

        Assert.Throws<ArgumentException>(() => stripe.Retire("v1"));
        Assert.Throws<ArgumentException>(() => stripe.Retire("v9"));
    }

    [Fact]
    public void A_value_appears_in_no_text()
    {
        var stripe = new FakeCredentialProvider("stripe", "canary-value");
        var header = stripe.Derive(credential => credential.Reveal());
        _ = header.Current;
        stripe.RotateTo("canary-value-2");

        string?[] texts = [stripe.ToString(), stripe.Current.ToString(), stripe.Credentials.ToString(), header.ToString(), JsonSerializer.Serialize(stripe.Credentials)];

        Assert.All(texts, text => Assert.DoesNotContain("canary", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Rotating_and_using_may_overlap()
    {
        var stripe = new FakeCredentialProvider("stripe", "x");
        Parallel.For(0, 200, number =>
        {
            if (number % 10 == 0)
            {
                stripe.RotateTo("y");
            }

            stripe.Current.Reveal();
        });

        Assert.Equal(200, Enumerable.Range(1, 21).Sum(number => stripe.UsesOf($"v{number}")));
        Assert.Equal(20, stripe.Credentials.Previous.Count);
    }

    [Fact]
    public void What_a_builder_or_a_proof_keeps_counts_for_its_consumer()
    {
        var stripe = new FakeCredentialProvider("stripe", "one");
        Credential? proof = null;
        var client = stripe.ForConsumer("client").Derive(static credential =>
        {
            _ = credential.Reveal();
            return credential;
        }).Current;
        _ = stripe.ForConsumer("hooks").MatchProof(credential => (proof = credential).Reveal() == "two");
        Assert.Equal((1L, 0L), (stripe.UsesOf("v1", "client"), stripe.UsesOf("v1", "hooks")));

        client.Reveal();
        using var hold = client.Hold();
        proof!.Reveal();

        Assert.Equal((3L, 1L), (stripe.UsesOf("v1", "client"), stripe.UsesOf("v1", "hooks")));
        Assert.Equal(1, stripe.HoldsOf("v1", "client"));
    }
}
