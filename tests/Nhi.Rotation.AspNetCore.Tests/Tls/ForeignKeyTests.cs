using System.Numerics;
using System.Text;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>Keys that the platform refuses with errors of all kinds: ours is one.</summary>
public sealed class ForeignKeyTests : IDisposable
{
    private static readonly BigInteger Big = (BigInteger.One << 2048) - 1;

    private readonly TestAuthority _authority = new();

    public static TheoryData<string, byte[]> Keys => new()
    {
        { "PRIVATE KEY", ForeignKeys.OfCurve("1.3.9999.7") },
        { "PRIVATE KEY", ForeignKeys.OfCurve("1.3.132.0.1") }, // sect163k1, which the platform has no name for
        { "PRIVATE KEY", ForeignKeys.OfExplicitCurve(prime: [0]) },
        { "PRIVATE KEY", ForeignKeys.OfExplicitCurve(prime: [.. Enumerable.Repeat((byte)0xff, 4000)]) },
        { "PRIVATE KEY", ForeignKeys.OfHugeIdentifier(300) },
        { "PRIVATE KEY", ForeignKeys.OfHugeIdentifier(60_000) },
        { "EC PRIVATE KEY", ForeignKeys.Rsa(1, 2, 3) },
        { "RSA PRIVATE KEY", ForeignKeys.Rsa(0, 0, 0, 0, 0, 0, 0, 0) },
        { "RSA PRIVATE KEY", ForeignKeys.Rsa(1, 1, 1, 1, 1, 1, 1, 1) },
        { "RSA PRIVATE KEY", ForeignKeys.Rsa(-15, 3, 3, 3, 5, 1, 3, 2) },
        { "RSA PRIVATE KEY", ForeignKeys.Rsa(15, 3, 3, 3, 5, 1, 3, 2) },
        { "RSA PRIVATE KEY", ForeignKeys.Rsa(Big - 1, 65537, Big / 2, 3, 5, 1, 3, 2) },
        { "RSA PRIVATE KEY", ForeignKeys.Rsa(3, Big, Big, Big, Big, Big, Big, Big) },
        { "RSA PRIVATE KEY", ForeignKeys.Rsa(Big << 40_000, 65537, 3, 5, 7, 1, 3, 2) },
        { "RSA PRIVATE KEY", ForeignKeys.Rsa(BigInteger.One << 2047, 65536, 4, 8, 16, 32, 64, 128) },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_that_cannot_be_used_is_told_in_our_words(string label, byte[] der)
    {
        var chain = _authority.IssueLeaf().Chain;

        var error = Assert.Throws<CredentialFormatException>(() => TlsCertificate.Parse(Of(chain + ForeignKeys.Pem(label, der))).Dispose());

        Assert.Matches("has a private key that (is damaged, or of a kind or curve that is not known here|matches none of its 2 certificates)", error.Message);
        Assert.DoesNotContain(Convert.ToBase64String(der)[..16], error.ToString(), StringComparison.Ordinal);
        Assert.Throws<CredentialFormatException>(() => TlsCertificate.Parse(Of(chain + ForeignKeys.Pem("ENCRYPTED PRIVATE KEY", der)), Of("p")).Dispose());
    }

    [Fact]
    public void An_explicit_curve_is_its_leafs_key_or_is_told_in_our_words()
    {
        // Some platforms read what is P-256 but for its name; no leaf has that key here.
        var error = Assert.Throws<CredentialFormatException>(() =>
            TlsCertificate.Parse(Of(_authority.IssueLeaf().Chain + ForeignKeys.Pem("PRIVATE KEY", ForeignKeys.OfExplicitCurve(prime: null)))).Dispose());

        Assert.Contains("has a private key that", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void GitHubs_key_is_told_in_our_words_too(string label, byte[] der)
    {
        var error = Assert.Throws<ArgumentException>(() => new LeakReportOptions().AddGitHubKey("1", ForeignKeys.Pem(label, der)));

        Assert.Contains("GitHub's key '1' is no", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _authority.Dispose();

    private static Credential Of(string text) => new("tls", "v1", SecretValue.FromBytes(Encoding.UTF8.GetBytes(text)));
}
