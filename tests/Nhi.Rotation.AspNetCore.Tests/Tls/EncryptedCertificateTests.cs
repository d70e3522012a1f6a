using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>Certificates whose key is encrypted with the value of another credential.</summary>
public sealed class EncryptedCertificateTests : IDisposable
{
    private const string First = "c4nary-1";
    private const string Second = "c4nary-2";

    private static readonly PbeParameters Encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000);

    private readonly TestAuthority _authority = new();
    private readonly FakeCredentialBackend _store = new(TimeProvider.System);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PKCS#12", false)]
    [InlineData("PKCS#12", true)]
    [InlineData("PEM", false)]
    [InlineData("PEM", true)]
    public void It_is_opened_with_its_passphrase_and_with_no_other(string form, bool rsa)
    {
        var credential = Of("tls", Encrypted(form, rsa, First));

        using (var certificate = TlsCertificate.Parse(credential, Of("pass", First)))
        {
            Assert.True(certificate.Leaf.HasPrivateKey);
            Assert.Single(certificate.Intermediates);
        }

        var wrong = Assert.Throws<CredentialFormatException>(() => TlsCertificate.Parse(credential, Of("pass", Second)));
        Assert.Contains("no version of its passphrase opens it", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", wrong.ToString(), StringComparison.Ordinal);
        Assert.Contains("CertificatePassphrase", Assert.Throws<CredentialFormatException>(() => TlsCertificate.Parse(credential)).Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PKCS#12")]
    [InlineData("PEM")]
    public async Task Passphrase_and_certificate_rotate_each_in_its_time_and_the_passphrase_that_is_needed_is_held(string form)
    {
        _store.Add("pass", First);
        _store.Add("tls", Encrypted(form, rsa: false, First));
        using var host = Host();
        await host.StartAsync(Ct);
        var (tls, pass) = (Provider(host, "tls"), Provider(host, "pass"));
        using (var certificate = TlsCertificate.Parse(tls.Current))
        {
            Assert.Equal("CN=localhost, OU=1", certificate.Leaf.Subject);
            Assert.Single(certificate.Intermediates);
        }

        var old = pass.Current.VersionId;
        Assert.Equal(1, Held(host, old));

        _store.Add("pass", Second);
        await pass.RefreshAsync(RefreshReason.Requested, Ct);
        await tls.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(1, Held(host, old));

        // One more with the passphrase before, which is in overlap, and one with the new one.
        _store.Add("tls", Encrypted(form, rsa: true, First));
        await tls.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(2, Held(host, old));
        _store.Add("tls", Encrypted(form, rsa: false, Second));
        await tls.RefreshAsync(RefreshReason.Requested, Ct);
        using (var certificate = TlsCertificate.Parse(tls.Current))
        {
            Assert.Equal("CN=localhost, OU=3", certificate.Leaf.Subject);
        }

        Assert.Equal(1, Held(host, pass.Current.VersionId));

        // The store lists the old ones still.
        Assert.Equal(2, Held(host, old));
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task A_certificate_that_no_passphrase_opens_is_refused_and_the_last_good_one_stays()
    {
        _store.Add("pass", First);
        var good = _store.Add("tls", Encrypted("PEM", rsa: false, First));
        using var host = Host();
        await host.StartAsync(Ct);
        var tls = Provider(host, "tls");

        _store.Add("tls", Encrypted("PEM", rsa: false, Second));
        await tls.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(good, tls.Current.VersionId);

        // The passphrase comes after it: it is read again.
        _store.Add("pass", Second);
        await Provider(host, "pass").RefreshAsync(RefreshReason.Requested, Ct);
        await tls.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.NotEqual(good, tls.Current.VersionId);
        await host.StopAsync(Ct);
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("pasS")]
    public async Task A_passphrase_must_be_another_credential_that_is_declared(string passphrase)
    {
        _store.Add("pass", First);
        _store.Add("tls", _authority.IssuePem());
        using var host = Host(passphrase);

        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Ct));

        Assert.Contains($"Credential 'tls': CertificatePassphrase is '{passphrase}'. Set CertificatePassphrase to the name of another credential", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pieces_may_be_fields_of_one_object()
    {
        var (chain, key) = _authority.IssueLeaf();
        var files = JsonSerializer.Serialize(new Dictionary<string, string> { ["tls.crt"] = chain, ["tls.key"] = key, ["ca.crt"] = _authority.Root.ExportCertificatePem() });
        var answer = JsonSerializer.Serialize(new Dictionary<string, object> { ["private_key"] = key, ["certificate"] = chain, ["ca_chain"] = new[] { _authority.IntermediatePem }, ["serial_number"] = 7 });

        foreach (var value in new[] { files, answer })
        {
            using var certificate = TlsCertificate.Parse(Of("tls", value));

            Assert.Equal(["CN=Test Intermediate"], certificate.Intermediates.Select(static one => one.Subject));
        }
    }

    public void Dispose() => _authority.Dispose();

    private static IRotatingCredentialProvider Provider(IHost host, string name) => host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name);

    private static long Held(IHost host, string versionId) =>
        host.Services.GetRequiredService<IRotationLedger>().GetUses("pass").Where(use => use.VersionId == versionId && use.Consumer == "certificate tls").Sum(static use => use.Held);

    private static Credential Of(string name, string value) => new(name, "v1", SecretValue.FromText(value));

    private IHost Host(string passphrase = "pass")
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddRotatingCredentials()
            .AddCredential("tls", credential => credential.UseBackend("tls", _ => _store).AsCertificate(passphrase))
            .AddCredential("pass", credential => credential.UseBackend("pass", _ => _store));
        return builder.Build();
    }

    private string Encrypted(string form, bool rsa, string passphrase)
    {
        var (chain, key) = _authority.IssueLeaf(rsa: rsa);
        if (form == "PEM")
        {
            using AsymmetricAlgorithm algorithm = rsa ? RSA.Create() : ECDsa.Create();
            algorithm.ImportFromPem(key);
            return chain + algorithm.ExportEncryptedPkcs8PrivateKeyPem(passphrase, Encryption);
        }

        using var leaf = X509Certificate2.CreateFromPem(chain, key);
        using var intermediate = X509Certificate2.CreateFromPem(_authority.IntermediatePem);
        return Convert.ToBase64String(new X509Certificate2Collection { leaf, intermediate }.Export(X509ContentType.Pkcs12, passphrase)!);
    }
}
