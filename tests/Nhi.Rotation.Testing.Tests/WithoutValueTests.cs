namespace Nhi.Rotation.Testing.Tests;

/// <summary>A version that is kept for as long as a connection lives, and keeps nothing secret.</summary>
public sealed class WithoutValueTests
{
    private readonly FakeCredentialProvider _provider = new("orders-db", "one");

    [Fact]
    public void It_knows_its_version_and_its_stage_and_can_be_held()
    {
        var kept = _provider.Current.WithoutValue();
        using (kept.Hold())
        {
            Assert.Equal(1, _provider.HoldsOf("v1"));
        }

        _provider.RotateTo("two");

        Assert.Equal(("orders-db", "v1", CredentialStage.Previous, "app"), (kept.Name, kept.VersionId, kept.Stage, kept.Consumer));
        Assert.Equal(0, _provider.HoldsOf("v1"));
        Assert.Same(kept, kept.WithoutValue());
    }

    [Fact]
    public void It_has_nothing_to_reveal_and_says_so()
    {
        var kept = _provider.Current.WithoutValue();

        Assert.Contains("'v1' without its value", Assert.Throws<InvalidOperationException>(() => kept.Reveal()).Message, StringComparison.Ordinal);
        Assert.Contains("'v1' without its value", Assert.Throws<InvalidOperationException>(() => kept.RevealBytes()).Message, StringComparison.Ordinal);
    }
}
