using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reporting;
using Nhi.Rotation.Cli.Signing;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Cli.Tests.Reporting;

/// <summary>The signature of a report: what was changed anywhere is found.</summary>
public sealed class SigningTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-sign-").FullName;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _page = "<p>a page, whatever it says</p>\n"u8.ToArray();

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_change_of_any_byte_of_page_or_signature_is_found()
    {
        using var key = Read(_key.ExportPkcs8PrivateKeyPem(), needsPrivate: true);
        var envelope = SignedReport.Sign(Report(), "report.html", _page, key);
        Assert.Null(SignedReport.FindFault(envelope, _page, key, out var report));
        Assert.Equal("stripe", report!.Credential);

        foreach (var part in new[] { envelope, _page })
        {
            for (var i = 0; i < part.Length; i++)
            {
                foreach (var change in new byte[] { 1, 0x20, 0x80 })
                {
                    part[i] ^= change;
                    Assert.True(SignedReport.FindFault(envelope, _page, key, out _) is not null, $"byte {i} of {part.Length}, {change}");
                    part[i] ^= change;
                }
            }
        }
    }

    [Fact]
    public void Nothing_can_be_added_moved_or_cut_off()
    {
        using var key = Read(_key.ExportPkcs8PrivateKeyPem(), needsPrivate: true);
        var envelope = SignedReport.Sign(Report(), "report.html", _page, key);
        var text = Encoding.UTF8.GetString(envelope);
        string[] changed =
        [
            text + "\n", " " + text, text.TrimEnd('\n'), text[..^10], "", "null", "{}", "[]",
            text.Replace(",\"payload\"", ", \"payload\"", StringComparison.Ordinal),
            text.Replace("{\"payloadType\"", "{\"more\":1,\"payloadType\"", StringComparison.Ordinal),
            text.Replace("\"signatures\":[", "\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"},", StringComparison.Ordinal),
            JsonNode.Parse(text)!.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }),
        ];

        Assert.All(changed, one => Assert.NotNull(SignedReport.FindFault(Encoding.UTF8.GetBytes(one), _page, key, out _)));
        Assert.NotNull(SignedReport.FindFault(envelope, [.. _page, (byte)'\n'], key, out _));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var otherKey = Read(other.ExportSubjectPublicKeyInfoPem(), needsPrivate: false);
        Assert.Contains("another key", SignedReport.FindFault(envelope, _page, otherKey, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_key_signed_that_is_no_report_is_none()
    {
        using var key = Read(_key.ExportPkcs8PrivateKeyPem(), needsPrivate: true);
        var statement = new ReportStatement(ReportStatement.StatementType, [new("report.html", new Dictionary<string, string> { ["sha256"] = ReportStatement.Digest(_page) })], "https://slsa.dev/provenance/v1", Report());
        foreach (var payload in new[] { statement.ToJson(), "{}"u8.ToArray(), "nonsense"u8.ToArray() })
        {
            var envelope = new DsseEnvelope(DsseEnvelope.InToto, payload, []);
            var json = (envelope with { Signatures = [new DsseSignature(key.Id, key.Sign(envelope.ToSign()))] }).ToJson();
            Assert.Contains("no report of this kind", SignedReport.FindFault(json, _page, key, out _), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_bytes_that_are_signed_are_those_of_the_specification() =>
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.UTF8.GetString(new DsseEnvelope("http://example.com/HelloWorld", "hello world"u8.ToArray(), []).ToSign()));

    [Fact]
    public async Task Openssl_says_that_the_signature_is_good()
    {
        var openssl = Installed.Program("openssl", "openssl");
        using var key = Read(_key.ExportPkcs8PrivateKeyPem(), needsPrivate: true);
        var envelope = JsonNode.Parse(SignedReport.Sign(Report(), "report.html", _page, key))!;
        var payload = Convert.FromBase64String(envelope["payload"]!.GetValue<string>());
        var (data, signature, open) = (File("data"), File("sig"), File("pub.pem"));
        await System.IO.File.WriteAllBytesAsync(data, [.. Encoding.UTF8.GetBytes($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} "), .. payload], TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllBytesAsync(signature, Convert.FromBase64String(envelope["signatures"]![0]!["sig"]!.GetValue<string>()), TestContext.Current.CancellationToken);
        await System.IO.File.WriteAllTextAsync(open, _key.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);

        using var process = Process.Start(new ProcessStartInfo(openssl, ["dgst", "-sha256", "-verify", open, "-signature", signature, data]) { RedirectStandardOutput = true })!;
        Assert.Contains("Verified OK", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        var statement = JsonNode.Parse(payload)!;
        Assert.Equal("https://in-toto.io/Statement/v1", statement["_type"]!.GetValue<string>());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_page)), statement["subject"]![0]!["digest"]!["sha256"]!.GetValue<string>());
        Assert.Equal("stripe", statement["predicate"]!["credential"]!.GetValue<string>());
    }

    [Fact]
    public void Keys_come_as_PKCS8_SEC1_public_key_or_certificate()
    {
        var request = new CertificateRequest("CN=auditors", _key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        string[] all = [_key.ExportPkcs8PrivateKeyPem(), _key.ExportECPrivateKeyPem(), _key.ExportSubjectPublicKeyInfoPem(), certificate.ExportCertificatePem()];

        Assert.Single(all.Select(pem =>
        {
            using var key = Read(pem, needsPrivate: false);
            return key.Id;
        }).Distinct());
        Assert.Contains("no private key", Assert.Throws<CryptographicException>(() => Read(all[2], needsPrivate: true)).Message, StringComparison.Ordinal);
        Assert.Contains("no private key", Assert.Throws<CryptographicException>(() => Read(all[3], needsPrivate: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_signs_that_stands_beside_its_certificate_and_the_certificate_checks_it()
    {
        using var certificate = new CertificateRequest("CN=auditors", _key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        var (open, secret) = (certificate.ExportCertificatePem(), _key.ExportECPrivateKeyPem());
        foreach (var pem in new[] { $"{open}\n{secret}", $"{secret}\n{open}", $"{_key.ExportPkcs8PrivateKeyPem()}\n{open}" })
        {
            using var key = Read(pem, needsPrivate: true);
            var envelope = SignedReport.Sign(Report(), "report.html", _page, key);
            using var checks = Read(open, needsPrivate: false);
            Assert.Null(SignedReport.FindFault(envelope, _page, checks, out _));
        }

        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("for another key", Assert.Throws<CryptographicException>(() => Read($"{open}\n{other.ExportECPrivateKeyPem()}", needsPrivate: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_key_of_P256_is_refused_and_not_quoted()
    {
        using var larger = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var locked = _key.ExportEncryptedPkcs8PrivateKeyPem("pass", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        foreach (var pem in new[] { larger.ExportPkcs8PrivateKeyPem(), rsa.ExportPkcs8PrivateKeyPem(), locked, "canary-no-key", "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" })
        {
            var error = Assert.ThrowsAny<CryptographicException>(() => Read(pem, needsPrivate: false));
            Assert.DoesNotContain("canary", error.Message, StringComparison.Ordinal);
        }
    }

    private static RotationReport Report() => new()
    {
        MadeAt = WrittenInstance.At(0),
        MadeBy = "me",
        Tool = "0.1.0",
        Result = ExitCode.Safe,
        ExitCode = 0,
        Conclusion = "SAFE",
        Credential = "stripe",
        OldVersion = "v1",
        IsInferred = false,
        Verdict = VerdictKind.SafeToRevoke,
        Options = [new GivenOption("--gone", "aaaa", IsOverride: true)],
        Proofs = [],
        Timeline = [],
        Instances = [],
        Users = [],
        Hunts = [],
        Doubts = [],
        Controls = [],
        Limits = [],
    };

    private SigningKey Read(string pem, bool needsPrivate)
    {
        System.IO.File.WriteAllText(File("key.pem"), pem);
        return SigningKey.Read("--key", new FileInfo(File("key.pem")), needsPrivate);
    }

    private string File(string name) => Path.Combine(_directory, name);
}
