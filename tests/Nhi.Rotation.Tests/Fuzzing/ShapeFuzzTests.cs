using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using Nhi.Rotation.Npgsql.Logins;
using Nhi.Rotation.StackExchangeRedis.Connections;
using Npgsql;
using StackExchange.Redis;

namespace Nhi.Rotation.Tests.Fuzzing;

/// <summary>Whatever a store holds, a shape reads it or says in our words that it does not.</summary>
public sealed class ShapeFuzzTests
{
    private static readonly string[] Logins =
    [
        $$"""{"username":"app","password":"{{Fuzz.Canary}}","host":"db","port":5432,"dbname":"orders"}""",
        $"Server=db;Port=5432;Database=orders;User Id=app;Password='{Fuzz.Canary}'",
        $"postgres://app:{Fuzz.Canary}%40@db:5432/orders?sslmode=require",
        $"mongodb+srv://app:{Fuzz.Canary}@a:1,b:2/orders",
        $"jdbc:sqlserver://db:1433;databaseName=orders;user=app;password={{{Fuzz.Canary}}}",
        $"redis://:{Fuzz.Canary}@[::1]:6379/1",
        $"jdbc:oracle:thin:app/\"{Fuzz.Canary}\"@//db:1521/orders?a=b",
        $"host=db port=5432 dbname=orders user=app password='{Fuzz.Canary}\\'' sslmode=require",
        $"cache:6380,password={Fuzz.Canary},ssl=True,abortConnect=False",
        Fuzz.Canary,
    ];

    [Fact]
    public void Logins_in_every_form() => Fuzz.Feed<CredentialFormatException>(Fuzz.Near(Logins), 25_000, static input =>
    {
        foreach (var form in Enum.GetValues<LoginForm>())
        {
            try
            {
                UsernamePassword.Parse(Fuzz.Credential(input), form).RequireServer("db", 5432, "orders");
            }
            catch (CredentialFormatException) when (form != LoginForm.ConnectionString)
            {
                // The last one is looked at below.
            }
        }
    });

    [Fact]
    public void Logins_of_PostgreSQL()
    {
        var configured = new NpgsqlConnectionStringBuilder("Host=db;Database=orders;Username=app");
        Fuzz.Feed<CredentialFormatException>(Fuzz.Near(Logins), 6_000, input =>
        {
            Read(ServerInValue.Use);
            Login.Read(Fuzz.Credential(input), new LoginTerms(LoginForm.Any, ServerInValue.MustMatch, configured));

            void Read(ServerInValue server)
            {
                try
                {
                    Login.Read(Fuzz.Credential(input), new LoginTerms(LoginForm.Any, server, configured));
                }
                catch (CredentialFormatException error)
                {
                    Assert.DoesNotContain(Fuzz.Canary, error.ToString(), StringComparison.OrdinalIgnoreCase);
                }
            }
        });
    }

    [Fact]
    public void Logins_of_Redis()
    {
        var terms = new RedisTerms(LoginForm.Any, mustMatch: true, ConfigurationOptions.Parse("cache:6380"));
        Fuzz.Feed<CredentialFormatException>(Fuzz.Near(Logins), 10_000, input => terms.Read(Fuzz.Credential(input)));
    }

    [Fact]
    public void Json() => Fuzz.Feed<CredentialException>(Fuzz.Near(Logins[0], $$"""{"a":[1,{"b":"{{Fuzz.Canary}}"}],"c":null}"""), 12_000, static input =>
    {
        Refused(() => JsonFields.Parse(Fuzz.Credential(input)).Find("a"));
        Refused(() => RdsSecret.Parse(Fuzz.Credential(input)));
        JsonSecret.ReadField(input, "password", "fuzz", "it");
    });

    [Fact]
    public void Connection_strings() => Fuzz.Feed<CredentialFormatException>(Fuzz.Near(Logins), 12_000, static input =>
        Assert.NotNull(ConnectionString.Parse(Fuzz.Credential(input)).ToString()));

    [Fact]
    public void Keys() => Fuzz.Feed<CredentialFormatException>(Fuzz.Near("00ff" + "c4", "whsec_" + Convert.ToBase64String(new byte[24]), Fuzz.Canary), 6_000, static input =>
    {
        Refused(() => HmacKey.ParseHex(Fuzz.Credential(input)));
        Refused(() => HmacKey.ParseWebhookSecret(Fuzz.Credential(input)));
        HmacKey.ParseBase64(Fuzz.Credential(input));
    });

    [Fact]
    public void Certificates_and_trust()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=fuzz", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        var pem = certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem();
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("p", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1));
        var pkcs12 = Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, (string?)null)!);
        var json = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["tls.crt"] = pem, ["note"] = Fuzz.Canary });
        var passphrase = Fuzz.Credential("p"u8.ToArray());
        Fuzz.Feed<CredentialFormatException>(Fuzz.Near(pem, certificate.ExportCertificatePem() + encrypted, pkcs12, json, Fuzz.Canary), 2_500, input =>
        {
            Refused(() => TrustBundle.Parse(Fuzz.Credential(input)));
            Refused(() => TlsCertificate.Parse(Fuzz.Credential(input), passphrase).Dispose());
            TlsCertificate.Parse(Fuzz.Credential(input)).Dispose();
        });
    }

    [Fact]
    public void What_certificates_and_keys_are_made_of()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(1024);
        var (ofEc, ofRsa) = (new CertificateRequest("CN=fuzz", ec, HashAlgorithmName.SHA256), new CertificateRequest("CN=fuzz", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        foreach (var request in new[] { ofEc, ofRsa })
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        }

        using var one = ofEc.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        using var other = ofRsa.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        (string Label, byte[] Key, byte[] Certificate)[] pairs =
        [
            ("PRIVATE KEY", ec.ExportPkcs8PrivateKey(), one.RawData),
            ("EC PRIVATE KEY", ec.ExportECPrivateKey(), one.RawData),
            ("PRIVATE KEY", rsa.ExportPkcs8PrivateKey(), other.RawData),
            ("RSA PRIVATE KEY", rsa.ExportRSAPrivateKey(), other.RawData),
        ];
        var pkcs12 = one.Export(X509ContentType.Pkcs12, (string?)null)!;
        var trusted = TrustBundle.Parse(Fuzz.Credential(Encoding.ASCII.GetBytes(one.ExportCertificatePem() + "\n" + other.ExportCertificatePem())));
        var inputs = Gen.Select(Gen.Int[0, 12], Fuzz.Damage).Select((what, damage) =>
        {
            var (label, key, certificate) = pairs[what % pairs.Length];
            return what == 12 ? [.. damage(pkcs12), 0] : Encoding.ASCII.GetBytes(
                PemEncoding.WriteString("CERTIFICATE", what < 8 ? damage(certificate) : certificate) + "\n" + PemEncoding.WriteString(label, what >= 4 ? damage(key) : key));
        });
        Fuzz.Feed<CredentialFormatException>(inputs, 2_000, input =>
        {
            try
            {
                foreach (var certificate in TrustBundle.Parse(Fuzz.Credential(input)).Certificates)
                {
                    trusted.AcceptsClient(certificate, null, default);
                }
            }
            catch (CredentialFormatException)
            {
                // Looked at below.
            }

            using var read = TlsCertificate.Parse(Fuzz.Credential(input));
            Assert.Contains("valid", read.ToString(), StringComparison.Ordinal);
            Assert.NotNull(read.CreateContext().TargetCertificate);
        });
    }

    private static void Refused(Action parse)
    {
        try
        {
            parse();
        }
        catch (CredentialFormatException error)
        {
            Assert.DoesNotContain(Fuzz.Canary, error.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }
}
