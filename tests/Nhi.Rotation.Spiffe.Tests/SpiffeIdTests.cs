namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>The rules of form of the SPIFFE ID standard, section 2.</summary>
public sealed class SpiffeIdTests
{
    [Theory]
    [InlineData("spiffe://example.org", "example.org", "")]
    [InlineData("spiffe://example.org/billing/api", "example.org", "/billing/api")]
    [InlineData("spiffe://1.2.3.4/9eebccd2-12bf-40a6-b262-65fe0487d453", "1.2.3.4", "/9eebccd2-12bf-40a6-b262-65fe0487d453")]
    [InlineData("spiffe://a_b-c.d/A.b_c-d", "a_b-c.d", "/A.b_c-d")]
    [InlineData("spiffe://example.org/...", "example.org", "/...")]
    public void An_ID_has_a_trust_domain_and_a_path(string text, string domain, string path)
    {
        var id = SpiffeId.Parse(text);

        Assert.Equal((domain, path, text), (id.TrustDomain, id.Path, id.ToString()));
        Assert.Equal(id, SpiffeId.Parse(text));
        Assert.NotEqual(id, SpiffeId.Parse(text + "x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://example.org/billing")]
    [InlineData("SPIFFE://example.org/billing")]
    [InlineData("spiffe:///billing")]
    [InlineData("spiffe://Example.org/billing")]
    [InlineData("spiffe://user@example.org/billing")]
    [InlineData("spiffe://example.org:8080/billing")]
    [InlineData("spiffe://[::1]/billing")]
    [InlineData("spiffe://exa%6dple.org/billing")]
    [InlineData("spiffe://example.org/")]
    [InlineData("spiffe://example.org/billing/")]
    [InlineData("spiffe://example.org//billing")]
    [InlineData("spiffe://example.org/./billing")]
    [InlineData("spiffe://example.org/../billing")]
    [InlineData("spiffe://example.org/bill%69ng")]
    [InlineData("spiffe://example.org/billing?x=1")]
    [InlineData("spiffe://example.org/billing#x")]
    [InlineData("spiffe://example.org/bílling")]
    public void What_the_standard_forbids_is_no_ID(string text)
    {
        Assert.False(SpiffeId.TryParse(text, out _));
        Assert.Throws<FormatException>(() => SpiffeId.Parse(text));
    }

    [Fact]
    public void Lengths_end_where_the_standard_ends_them()
    {
        Assert.True(SpiffeId.TryParse("spiffe://" + new string('a', 255) + "/b", out _));
        Assert.False(SpiffeId.TryParse("spiffe://" + new string('a', 256) + "/b", out _));
        Assert.True(SpiffeId.TryParse("spiffe://a/" + new string('b', 2048 - 11), out _));
        Assert.False(SpiffeId.TryParse("spiffe://a/" + new string('b', 2048 - 10), out _));
    }
}
