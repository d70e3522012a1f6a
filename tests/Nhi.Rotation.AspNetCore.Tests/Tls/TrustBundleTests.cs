using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>Trusted certificates that rotate: what is trusted is what the current version has, and nothing else.</summary>
public sealed class TrustBundleTests : IDisposable
{
    private readonly TestAuthority _old = new();
    private readonly TestAuthority _new = new();

    [Fact]
    public void What_is_trusted_follows_the_rotation()
    {
        var provider = new FakeCredentialProvider("roots", Pem(_old));
        var bundle = provider.Derive(TrustBundle.Parse);
        using var ofOld = _old.Issue("localhost");
        using var ofNew = _new.Issue("localhost");

        Assert.True(Accepts(bundle.Current, ofOld, _old));
        Assert.False(Accepts(bundle.Current, ofNew, _new));

        provider.RotateTo(Pem(_old) + "\n" + Pem(_new));
        Assert.True(Accepts(bundle.Current, ofOld, _old));
        Assert.True(Accepts(bundle.Current, ofNew, _new));
        Assert.Equal(2, bundle.Current.Certificates.Count);

        provider.RotateTo(Pem(_new));
        Assert.False(Accepts(bundle.Current, ofOld, _old));
        Assert.True(Accepts(bundle.Current, ofNew, _new));
    }

    [Fact]
    public void A_wrong_name_and_no_certificate_stay_wrong()
    {
        var bundle = TrustBundle.Parse(Of(Pem(_old)));
        using var leaf = _old.Issue("localhost");
        using var chain = Sent(_old);

        Assert.False(bundle.AcceptsServer(leaf, chain, SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.False(bundle.AcceptsServer(null, chain, SslPolicyErrors.RemoteCertificateNotAvailable));
        Assert.False(bundle.AcceptsServer(leaf, null, SslPolicyErrors.None));
        Assert.True(bundle.AcceptsClient(leaf, chain, SslPolicyErrors.RemoteCertificateChainErrors));
    }

    [Fact]
    public void A_resumed_session_brings_the_leaf_alone_and_the_way_is_known_from_before()
    {
        var bundle = TrustBundle.Parse(Of(Pem(_old)));
        using var leaf = _old.Issue("localhost");

        Assert.False(bundle.AcceptsClient(leaf, null, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.True(Accepts(bundle, leaf, _old));
        Assert.True(bundle.AcceptsClient(leaf, null, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.False(TrustBundle.Parse(Of(Pem(_new))).AcceptsClient(leaf, null, SslPolicyErrors.RemoteCertificateChainErrors));
    }

    [Theory]
    [InlineData("c4nary", "has no certificate to trust")]
    [InlineData("-----BEGIN CERTIFICATE-----\nc4nary", "cut off or damaged")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "has a private key")]
    public void What_is_no_bundle_is_refused(string value, string cause)
    {
        var error = Assert.Throws<CredentialFormatException>(() => TrustBundle.Parse(Of(value)));

        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    private static bool Accepts(TrustBundle bundle, X509Certificate2 leaf, TestAuthority authority)
    {
        using var chain = Sent(authority);
        return bundle.AcceptsServer(leaf, chain, SslPolicyErrors.RemoteCertificateChainErrors);
    }

    private static X509Chain Sent(TestAuthority authority)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.Add(X509Certificate2.CreateFromPem(authority.IntermediatePem));
        return chain;
    }

    private static string Pem(TestAuthority authority) => authority.Root.ExportCertificatePem();

    private static Credential Of(string value) => new("roots", "v1", SecretValue.FromText(value));
}
