using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>The forms a certificate can have, and what is wrong with those that are refused.</summary>
public sealed class TlsCertificateTests : IDisposable
{
    private readonly TestAuthority _authority = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pem_is_read_in_any_order(bool rsa)
    {
        var (chain, key) = _authority.IssueLeaf(rsa: rsa);

        foreach (var pem in new[] { chain + key, key + chain, _authority.IntermediatePem + "\n" + key + chain })
        {
            using var certificate = TlsCertificate.Parse(Of(pem));

            Assert.StartsWith("CN=localhost", certificate.Leaf.Subject, StringComparison.Ordinal);
            Assert.True(certificate.Leaf.HasPrivateKey);
            Assert.Equal("CN=Test Intermediate", Assert.Single(certificate.Intermediates).Subject);
            Assert.DoesNotContain(key.Split('\n')[1], certificate.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("PKCS#8", false)]
    [InlineData("PKCS#8", true)]
    [InlineData("PKCS#1", true)]
    [InlineData("SEC1", false)]
    [InlineData("SEC1 with parameters", false)]
    [InlineData("with bag attributes", false)]
    [InlineData("with CRLF", true)]
    public void Keys_are_read_in_the_forms_that_tools_write(string form, bool rsa)
    {
        var (chain, key) = _authority.IssueLeaf(rsa: rsa);
        using var rsaKey = RSA.Create();
        using var ec = ECDsa.Create();
        ((AsymmetricAlgorithm)(rsa ? rsaKey : ec)).ImportFromPem(key);
        var pem = form switch
        {
            "PKCS#1" => chain + rsaKey.ExportRSAPrivateKeyPem(),
            "SEC1" => chain + ec.ExportECPrivateKeyPem(),
            "SEC1 with parameters" => chain + "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + ec.ExportECPrivateKeyPem(),
            "with bag attributes" => "Bag Attributes\n    localKeyID: 01\nsubject=CN = x\n" + chain + "Key Attributes: <No Attributes>\n" + key,
            "with CRLF" => (chain + key).ReplaceLineEndings("\r\n"),
            _ => chain + key,
        };

        using var certificate = TlsCertificate.Parse(Of(pem));

        // The key is the leaf's: what it signs, the certificate verifies.
        byte[] data = [1, 2, 3];
        using var publicEc = certificate.Leaf.GetECDsaPublicKey();
        using var privateEc = certificate.Leaf.GetECDsaPrivateKey();
        using var publicRsa = certificate.Leaf.GetRSAPublicKey();
        using var privateRsa = certificate.Leaf.GetRSAPrivateKey();
        Assert.True(rsa
            ? publicRsa!.VerifyData(data, privateRsa!.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), HashAlgorithmName.SHA256, RSASignaturePadding.Pss)
            : publicEc!.VerifyData(data, privateEc!.SignData(data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256));
    }

    [Fact]
    public void A_leaf_alone_is_a_chain_as_a_root_may_have_issued_it()
    {
        var (chain, key) = _authority.IssueLeaf();

        using var certificate = TlsCertificate.Parse(Of(chain[..(chain.IndexOf("-----END", StringComparison.Ordinal) + 25)] + "\n" + key));

        Assert.Empty(certificate.Intermediates);
    }

    [Fact]
    public void A_chain_in_disorder_is_sorted_and_the_root_left_out()
    {
        var (chain, key) = _authority.IssueLeaf();

        using var certificate = TlsCertificate.Parse(Of(_authority.Root.ExportCertificatePem() + "\n" + chain + key));

        Assert.Equal(["CN=Test Intermediate"], certificate.Intermediates.Select(issuer => issuer.Subject));
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, "")]
    public void Pkcs12_is_read_as_bytes_and_as_base64(bool base64, string? password)
    {
        var (chain, key) = _authority.IssueLeaf();
        using var leaf = X509Certificate2.CreateFromPem(chain, key);
        using var intermediate = X509Certificate2.CreateFromPem(_authority.IntermediatePem);
        var pkcs12 = new X509Certificate2Collection { intermediate, leaf }.Export(X509ContentType.Pkcs12, password)!;

        using var certificate = TlsCertificate.Parse(base64 ? Of(Convert.ToBase64String(pkcs12)) : Of(pkcs12));

        Assert.StartsWith("CN=localhost", certificate.Leaf.Subject, StringComparison.Ordinal);
        Assert.True(certificate.Leaf.HasPrivateKey);
        Assert.Single(certificate.Intermediates);
    }

    [Theory]
    [InlineData("text", "is neither PEM nor PKCS#12")]
    [InlineData("no certificate", "has no certificate")]
    [InlineData("no key", "has no private key")]
    [InlineData("two keys", "has more than one private key")]
    [InlineData("other key", "has a private key that matches none of its 2 certificates")]
    [InlineData("encrypted", "has an encrypted private key")]
    [InlineData("encrypted and not", "has more than one private key")]
    [InlineData("ed25519", "has a private key that is damaged, or of a kind or curve that is not known here")]
    [InlineData("encrypted by openssl", "has an encrypted private key in OpenSSL's older form")]
    [InlineData("cut off", "has a PEM block that is cut off or damaged")]
    [InlineData("broken key", "has a private key that is damaged, or of a kind or curve that is not known here")]
    [InlineData("gap", "lacks the certificate 'CN=Test Intermediate', which issued 'CN=localhost, OU=1': nothing leads from there to 'CN=Test Root'")]
    [InlineData("openssh", "has a private key in a form that is not read")]
    [InlineData("dsa", "has a private key in a form that is not read")]
    [InlineData("line breaks written out", "is PEM whose line breaks are written as \\n")]
    [InlineData("der", "is a certificate without its private key")]
    [InlineData("der in base64", "is a certificate without its private key")]
    [InlineData("pkcs12 with password", "is a PKCS#12 that is damaged or needs a password")]
    public void What_is_wrong_is_told_without_the_key(string what, string cause)
    {
        var (chain, key) = _authority.IssueLeaf();
        var leaf = chain[..(chain.IndexOf("-----END", StringComparison.Ordinal) + 25)] + "\n";
        using var other = new TestAuthority();
        using var ec = ECDsa.Create();
        var credential = what switch
        {
            "text" => Of("not a certificate"),
            "no certificate" => Of(key),
            "no key" => Of(chain),
            "two keys" => Of(chain + key + key),
            "other key" => Of(chain + other.IssueLeaf().Key),
            "encrypted" => Of(chain + ec.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1))),
            "encrypted and not" => Of(chain + key + ec.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1))),
            "ed25519" => Of(chain + "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n"),
            "encrypted by openssl" => Of(chain + key.Replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\n", StringComparison.Ordinal)),
            "cut off" => Of(key + chain[..^40]),
            "broken key" => Of(chain + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
            "openssh" => Of(chain + key.Replace("PRIVATE KEY", "OPENSSH PRIVATE KEY", StringComparison.Ordinal)),
            "dsa" => Of(chain + key.Replace("PRIVATE KEY", "DSA PRIVATE KEY", StringComparison.Ordinal)),
            "line breaks written out" => Of((chain + key).Replace("\n", "\\n", StringComparison.Ordinal)),
            "der" => Of(_authority.Root.RawData),
            "der in base64" => Of(Convert.ToBase64String(_authority.Root.RawData)),
            "gap" => Of(leaf + _authority.Root.ExportCertificatePem() + "\n" + key),
            _ => Of(Encrypted(chain, key)),
        };

        var error = Assert.Throws<CredentialFormatException>(() => TlsCertificate.Parse(credential).Dispose());

        Assert.StartsWith($"Credential 'tls': version 'v1' {cause}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Split('\n')[1], error.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _authority.Dispose();

    private static byte[] Encrypted(string chain, string key)
    {
        using var leaf = X509Certificate2.CreateFromPem(chain, key);
        return leaf.Export(X509ContentType.Pkcs12, "password");
    }

    private static Credential Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    private static Credential Of(byte[] value) => new("tls", "v1", SecretValue.FromBytes(value));
}
