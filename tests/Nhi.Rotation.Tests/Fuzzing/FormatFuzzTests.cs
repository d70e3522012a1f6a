using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.Leaks;
using Nhi.Rotation.AspNetCore.Webhooks;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Revocations;
using Nhi.Rotation.Identity;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.Tests.Fuzzing;

/// <summary>Whatever a file, a header or a setting holds, it is read or refused in our words.</summary>
public sealed class FormatFuzzTests
{
    [Fact]
    public void Manifests_and_version_documents() => Fuzz.Feed<BackendException>(
        Fuzz.Near(
            """{"current":"b","revision":1,"versions":[{"id":"a","file":"a.key","createdOn":"2026-01-01T00:00:00Z"},{"id":"b","file":"b.key","enabled":true}]}""",
            $$"""{"versions":[{"id":"a","value":"{{Fuzz.Canary}}"},{"id":"b","valueBase64":"AAEC","expiresOn":"2026-03-01T00:00:00Z"}]}"""),
        12_000,
        static input =>
        {
            Parse(input, isDocument: true);
            ManifestParser.Parse(input, "manifest.json", isDocument: false, new FileErrors("fuzz"));

            static void Parse(byte[] input, bool isDocument)
            {
                try
                {
                    ManifestParser.Parse(input, "manifest.json", isDocument, new FileErrors("fuzz"));
                }
                catch (BackendException)
                {
                    // Names and ids of a manifest are no secret, and its errors name them; values are looked at below.
                }
            }
        },
        mayQuote: true);

    [Fact]
    public void No_value_of_a_document_is_quoted() => Fuzz.Feed<BackendException>(
        Fuzz.Near("""{"versions":[{"id":"v1","value":"PLACE","enabled":true,"createdOn":"2026-01-01T00:00:00Z"}]}""").Select(static input =>
            Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(input).Replace(Fuzz.Canary, "x", StringComparison.Ordinal).Replace("PLACE", Fuzz.Canary, StringComparison.Ordinal))),
        8_000,
        static input => ManifestParser.Parse(input, "manifest.json", isDocument: true, new FileErrors("fuzz")));

    [Fact]
    public void Text_files() => Fuzz.Feed<BackendException>(Fuzz.Near(Fuzz.Canary, $"{Fuzz.Canary}\r\n", $$"""{"password":"{{Fuzz.Canary}}"}"""), 8_000, static input =>
    {
        Assert.NotNull(ValueText.Oddities(input));
        new ContentDecoder(new FileBackendOptions { JsonField = "password" }).Decode(input, "file", new FileErrors("fuzz"));
    });

    [Fact]
    public void Lists_of_revocations() => Fuzz.Feed<RevocationListException>(
        Fuzz.Near("""{ "revoked": [ { "credential": "stripe", "version": "v41", "why": "leaked", "since": "2026-11-27T03:10:00Z" }, { "credential": "x", "fingerprint": "sha256:00", "why": "y" } ] }"""),
        8_000,
        static input => RevocationListFile.Parse(input, "revoked.json"),
        mayQuote: true);

    [Fact]
    public void Chains_of_evidence()
    {
        var path = Path.GetTempFileName();
        var read = 0;
        var gate = new Lock();
        try
        {
            Fuzz.Feed<InvalidDataException>(
                Fuzz.Near("""{"v":1,"at":"2026-11-27T03:10:00Z","seq":1,"kind":"used","credential":"x","version":"v1","prev":"00","hash":"00"}""" + "\n", "\n\n{}\n", "{\"v\":9}"),
                1_500,
                input =>
                {
                    lock (gate)
                    {
                        File.WriteAllBytes(path, input);
                        EvidenceReader.IsEvidence(path);
                        EvidenceReader.Read([path]);
                        read++;
                    }
                },
                mustRefuse: false);
        }
        finally
        {
            File.Delete(path);
        }

        Assert.True(read >= 1_500, $"only {read} were read");
    }

    [Fact]
    public void Headers_of_webhooks()
    {
        var formats = new[] { WebhookScheme.GitHub, WebhookScheme.Stripe, WebhookScheme.Slack, WebhookScheme.StandardWebhooks }.Select(static scheme => new SignatureFormat(scheme)).ToArray();
        Fuzz.Feed<InvalidDataException>(
            Fuzz.Near("sha256=" + new string('0', 64), $"t=1764212345,v1={new string('a', 64)},v0={Fuzz.Canary}", "v0=" + new string('f', 64), $"v1,{Convert.ToBase64String(new byte[32])} v1a,{Fuzz.Canary}"),
            12_000,
            input =>
            {
                var text = Encoding.UTF8.GetString(input);
                var signatures = new byte[32 * SigningSecret.MaxSecrets];
                foreach (var format in formats)
                {
                    var headers = new HeaderDictionary { [format.Scheme.SignatureHeader] = text };
                    foreach (var name in new[] { format.Scheme.TimestampHeader, format.Scheme.IdHeader }.OfType<string>())
                    {
                        headers[name] = text.Length > 20 ? text[..10] : text;
                    }

                    var message = new SignedMessage(format, content: null!);
                    Assert.DoesNotContain(Fuzz.Canary, $"{format.Read(headers, message)}", StringComparison.OrdinalIgnoreCase);
                    format.Secret.Sign(Fuzz.Credential(input), input, signatures);
                }
            },
            mustRefuse: false);
    }

    [Fact]
    public void Signatures_of_GitHubs_reports()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var check = new ReporterCheck(new Dictionary<string, ECParameters> { ["1"] = key.ExportParameters(includePrivateParameters: false) }, key: null);
        var body = "[]"u8.ToArray();
        var signed = key.SignData(body, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.True(Accepts(signed));
        Fuzz.Feed<InvalidDataException>(Fuzz.Damage.Select(damage => damage(signed)), 1_500, input => Assert.True(!Accepts(input) || input.SequenceEqual(signed)), mustRefuse: false);

        bool Accepts(byte[] signature)
        {
            var request = new DefaultHttpContext().Request;
            request.Headers["Github-Public-Key-Identifier"] = "1";
            request.Headers["Github-Public-Key-Signature"] = Convert.ToBase64String(signature);
            return check.IsSigned(request, body);
        }
    }

    [Fact]
    public void Durations() => Fuzz.Feed<InvalidDataException>(
        Fuzz.Near("1.00:00:00", "24h", "500ms", "1.5d", "00:00:01.5"),
        12_000,
        static input =>
        {
            if (Duration.TryParse(Encoding.UTF8.GetString(input), out var duration))
            {
                Assert.InRange(duration, TimeSpan.Zero, Duration.Longest);
            }
        },
        mustRefuse: false);
}
