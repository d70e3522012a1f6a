using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>A chain may lie there in any order, on several ways, with a root and with strangers; what really lacks is named.</summary>
public sealed class ChainTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly List<IDisposable> _made = [];
#pragma warning disable CA2213 // Disposed with all that was made.
    private readonly ECDsa _intermediateKey;
    private readonly X509Certificate2 _rootA;
    private readonly X509Certificate2 _rootB;
    private readonly X509Certificate2 _byA;
    private readonly X509Certificate2 _byB;
    private readonly X509Certificate2 _leaf;
#pragma warning restore CA2213

    public ChainTests()
    {
        _rootA = Root("CN=Root A");
        _rootB = Root("CN=Root B");
        _intermediateKey = Key();
        _byA = Issue("CN=Intermediate", _intermediateKey, _rootA, isAuthority: true, days: 2);
        _byB = Issue("CN=Intermediate", _intermediateKey, _rootB, isAuthority: true, days: 9);
        _leaf = Issue("CN=leaf", Key(), _byA, isAuthority: false, days: 5);
    }

    [Fact]
    public void Any_order_with_a_root_gives_the_same_chain_that_a_client_can_build()
    {
        X509Certificate2[] all = [_leaf, _byA, _rootA];
        foreach (var order in Permutations(all))
        {
            using var certificate = Parse(_leaf, [.. order]);

            Assert.Equal([_byA], certificate.Intermediates);
            Assert.True(Builds(certificate, _rootA));
        }
    }

    [Fact]
    public void Of_two_ways_the_one_to_a_root_that_is_there_wins_then_the_one_that_lasts()
    {
        foreach (var order in Permutations([_byA, _byB]))
        {
            using var longest = Parse(_leaf, [_leaf, .. order]);
            Assert.Equal([_byB], longest.Intermediates);

            using var toRoot = Parse(_leaf, [_leaf, .. order, _rootA]);
            Assert.Equal([_byA], toRoot.Intermediates);
            Assert.True(Builds(toRoot, _rootA));

            using var both = Parse(_leaf, [_rootB, _leaf, .. order, _rootA]);
            Assert.Equal([_byB], both.Intermediates);
            Assert.True(Builds(both, _rootB));
        }
    }

    [Fact]
    public void A_root_that_another_root_signed_too_is_sent_only_where_it_is_needed()
    {
        var crossSigned = Issue(_rootA.Subject, _rootA.GetECDsaPrivateKey()!, _rootB, isAuthority: true, days: 9);

        using var withoutRoot = Parse(_leaf, [crossSigned, _leaf, _byA]);
        Assert.Equal([_byA, crossSigned], withoutRoot.Intermediates);
        Assert.True(Builds(withoutRoot, _rootB));

        using var withRoot = Parse(_leaf, [crossSigned, _rootA, _leaf, _byA]);
        Assert.Equal([_byA], withRoot.Intermediates);
    }

    [Fact]
    public void What_does_not_belong_to_it_is_left_out()
    {
        var oldLeaf = Issue("CN=leaf", Key(), _byA, isAuthority: false, days: 1);
        var sibling = Issue("CN=Intermediate 2", Key(), _rootA, isAuthority: true, days: 9);
        var below = Issue("CN=Below", Key(), _byA, isAuthority: true, days: 2);
        var strangerLeaf = Issue("CN=x", Key(), Root("CN=Stranger"), isAuthority: false, days: 1);

        using var withoutRoot = Parse(_leaf, [strangerLeaf, sibling, below, oldLeaf, _byA, _leaf, _byA]);
        Assert.Equal([_byA], withoutRoot.Intermediates);

        using var withRoot = Parse(_leaf, [Root("CN=Stranger"), Issue("CN=Stranger 2", Key(), Root("CN=Stranger 3"), isAuthority: true, days: 1), _rootA, _byA, _leaf]);
        Assert.Equal([_byA], withRoot.Intermediates);
    }

    [Fact]
    public void An_issuer_of_the_same_name_with_another_key_is_no_issuer()
    {
        // Without key identifiers nothing but the signature tells them apart.
        var other = Issue("CN=Intermediate", Key(), _rootB, isAuthority: true, days: 9, identifiers: false);
        var right = Issue("CN=Intermediate", _intermediateKey, _rootB, isAuthority: true, days: 9, identifiers: false);
        var leaf = Issue("CN=leaf", Key(), right, isAuthority: false, days: 5, identifiers: false);
        foreach (var order in Permutations([other, right]))
        {
            using var certificate = Parse(leaf, [leaf, .. order]);

            Assert.Equal([right], certificate.Intermediates);
        }
    }

    [Fact]
    public void Two_that_sign_each_other_end_somewhere()
    {
        var (keyA, keyB) = (Key(), Key());
        var (rootA, rootB) = (Root("CN=A", keyA), Root("CN=B", keyB));
        var aByB = Issue("CN=A", keyA, rootB, isAuthority: true, days: 9);
        var bByA = Issue("CN=B", keyB, rootA, isAuthority: true, days: 9);
        var leaf = Issue("CN=leaf", Key(), rootA, isAuthority: false, days: 5);

        using var certificate = Parse(leaf, [bByA, leaf, aByB]);

        Assert.NotEmpty(certificate.Intermediates);
        Assert.Equal(aByB, certificate.Intermediates[0]);
    }

    [Fact]
    public void The_one_that_lacks_is_named()
    {
        var message = Assert.Throws<CredentialFormatException>(() => Parse(_leaf, [_rootA, _leaf])).Message;
        Assert.Contains("lacks the certificate 'CN=Intermediate', which issued 'CN=leaf': nothing leads from there to 'CN=Root A'", message, StringComparison.Ordinal);

        message = Assert.Throws<CredentialFormatException>(() => Parse(_leaf, [_byA, Root("CN=Root C"), _leaf])).Message;
        Assert.Contains("lacks the certificate 'CN=Root A', which issued 'CN=Intermediate': nothing leads from there to 'CN=Root C'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_signed_itself_is_complete()
    {
        using var certificate = Parse(_rootA, [_rootB, _rootA, _byB]);

        Assert.Empty(certificate.Intermediates);
    }

    [Fact]
    public void A_heap_of_certificates_is_refused()
    {
        var message = Assert.Throws<CredentialFormatException>(() => Parse(_leaf, Enumerable.Repeat(_byA, 101))).Message;

        Assert.Contains("more than 100 certificates", message, StringComparison.Ordinal);
    }

    public void Dispose() => _made.ForEach(static one => one.Dispose());

    private static IEnumerable<T[]> Permutations<T>(T[] all) =>
        all.Length < 2 ? [all] : all.SelectMany((first, i) => Permutations<T>([.. all[..i], .. all[(i + 1)..]]).Select(rest => (T[])[first, .. rest]));

    private static bool Builds(TlsCertificate certificate, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        foreach (var intermediate in certificate.Intermediates)
        {
            chain.ChainPolicy.ExtraStore.Add(intermediate);
        }

        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = DateTime.Now;
        return chain.Build(certificate.Leaf);
    }

    private static TlsCertificate Parse(X509Certificate2 leaf, IEnumerable<X509Certificate2> all)
    {
        using var key = leaf.GetECDsaPrivateKey()!;
        var pem = string.Join('\n', all.Select(static one => one.ExportCertificatePem())) + "\n" + key.ExportPkcs8PrivateKeyPem();
        return TlsCertificate.Parse(new Credential("tls", "v1", SecretValue.FromBytes(Encoding.UTF8.GetBytes(pem))));
    }

    private ECDsa Key()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _made.Add(key);
        return key;
    }

    private X509Certificate2 Root(string subject, ECDsa? key = null)
    {
        var request = Request(subject, key ?? Key(), isAuthority: true, identifiers: true);
        return Keep(request.CreateSelfSigned(Now.AddDays(-9), Now.AddDays(20)));
    }

    private X509Certificate2 Issue(string subject, ECDsa key, X509Certificate2 issuer, bool isAuthority, int days, bool identifiers = true)
    {
        var request = Request(subject, key, isAuthority, identifiers);
        if (identifiers && issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any())
        {
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        }

        using var issuerKey = issuer.GetECDsaPrivateKey()!;
        using var issued = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey), Now.AddDays(-5), Now.AddDays(days), RandomNumberGenerator.GetBytes(8));
        return Keep(issued.CopyWithPrivateKey(key));
    }

    private static CertificateRequest Request(string subject, ECDsa key, bool isAuthority, bool identifiers)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (identifiers)
        {
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        }

        return request;
    }

    private X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _made.Add(certificate);
        return certificate;
    }
}
