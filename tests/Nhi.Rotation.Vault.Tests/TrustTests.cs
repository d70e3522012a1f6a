using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Vault.Client;
using Nhi.Rotation.Vault.Kv;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>Whom the package takes for Vault, by the environment variables of Vault's own client.</summary>
public sealed class TrustTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly X509Certificate2 _authority = Authority("a CA");
    private readonly X509Certificate2 _other = Authority("another CA");
    private WebApplication? _server;

    private string CaFile => Path.Join(_folder, "roots", "ca.pem");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(CaFile)!);
        await File.WriteAllTextAsync(CaFile, _authority.ExportCertificatePem(), Ct);
        await File.WriteAllTextAsync(Path.Join(_folder, "other.pem"), _other.ExportCertificatePem(), Ct);
        await File.WriteAllTextAsync(Path.Join(_folder, "token"), "token", Ct);
        var certificate = Leaf(_authority, "vault.internal");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        _server = builder.Build();
        _server.Run(static context => context.Response.WriteAsync("""{"data":{"value":"first-value"}}"""));
        await _server.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _authority.Dispose();
        _other.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("VAULT_CACERT=roots/ca.pem VAULT_TLS_SERVER_NAME=vault.internal", null)]
    [InlineData("VAULT_CAPATH=roots VAULT_TLS_SERVER_NAME=vault.internal", null)]
    [InlineData("VAULT_CAPATH=. VAULT_TLS_SERVER_NAME=vault.internal", "has no certificate")]
    [InlineData("VAULT_CACERT=roots/ca.pem", "VAULT_TLS_SERVER_NAME")]
    [InlineData("VAULT_CACERT=roots/ca.pem VAULT_TLS_SERVER_NAME=vault.other", "VAULT_TLS_SERVER_NAME")]
    [InlineData("VAULT_TLS_SERVER_NAME=vault.internal", "VAULT_CACERT")]
    [InlineData("VAULT_CACERT=other.pem VAULT_CAPATH=roots VAULT_TLS_SERVER_NAME=vault.internal", "VAULT_CACERT")]
    [InlineData("VAULT_CACERT=missing.pem VAULT_TLS_SERVER_NAME=vault.internal", "missing.pem")]
    [InlineData("VAULT_CACERT=missing.pem", "missing.pem")]
    [InlineData("VAULT_SKIP_VERIFY=true", null)]
    [InlineData("VAULT_SKIP_VERIFY=0", "VAULT_CACERT")]
    public async Task Vault_is_who_the_environment_says(string variables, string? problem)
    {
        Assert.Contains(problem ?? "first-value", await AskAsync(variables), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_CA_that_is_replaced_is_trusted_by_the_next_connection()
    {
        const string Variables = "VAULT_CACERT=roots/ca.pem VAULT_TLS_SERVER_NAME=vault.internal";
        using var transport = VaultWire.NewTransport(Tls(Variables));
        await File.WriteAllTextAsync(CaFile, _other.ExportCertificatePem(), Ct);
        var before = await AskAsync(Variables, transport);

        await File.WriteAllTextAsync(CaFile, _other.ExportCertificatePem() + "\n" + _authority.ExportCertificatePem(), Ct);

        Assert.Contains("TLS", before, StringComparison.Ordinal);
        Assert.Contains("first-value", await AskAsync(Variables, transport), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_may_stand_in_the_place_of_a_file_and_a_flag_that_is_none_is_said_to_be_so()
    {
        var text = VaultTls.Read(name => name == "VAULT_CACERT_BYTES" ? _authority.ExportCertificatePem() : null);
        var flag = VaultTls.Read(static name => name == "VAULT_SKIP_VERIFY" ? "yes" : null);
        using var certificate = Leaf(_authority, "vault.internal");

        Assert.True(new VaultTrust(text).Accepts(certificate, null, System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.False(new VaultTrust(text).Accepts(certificate, null, System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch));
        Assert.Contains("VAULT_SKIP_VERIFY", new VaultOptions { Address = new Uri("https://vault.test") }.Read(static name => name == "VAULT_SKIP_VERIFY" ? "yes" : null).FindMistake("app"), StringComparison.Ordinal);
        Assert.NotNull(flag.Mistake);
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
    }

    private static X509Certificate2 Leaf(X509Certificate2 authority, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        return request.Create(authority, DateTimeOffset.UnixEpoch, authority.NotAfter, [1, 2, 3]).CopyWithPrivateKey(key);
    }

    private VaultTls Tls(string variables)
    {
        var set = variables.Split(' ').Select(static part => part.Split('=')).ToDictionary(static part => part[0], static part => part[1]);
        return VaultTls.Read(name => !set.TryGetValue(name, out var value) ? null : name is "VAULT_CACERT" or "VAULT_CAPATH" ? Path.Join(_folder, value) : value);
    }

    private async Task<string> AskAsync(string variables)
    {
        using var transport = VaultWire.NewTransport(Tls(variables));
        return await AskAsync(variables, transport);
    }

    // The value, or the error.
    private async Task<string> AskAsync(string variables, HttpMessageHandler transport)
    {
        var settings = new VaultSettings(new VaultAddress(new Uri(_server!.Urls.First()), "Address", IsGiven: true), null, Path.Join(_folder, "token")) { Mount = "kv", KvVersion = 1, Tls = Tls(variables) };
        var backend = new KvOneBackend(new VaultHttp(new VaultWire(() => new HttpClient(transport, disposeHandler: false), settings, TimeProvider.System), new StoredToken(settings.TokenFile), settings), settings);
        try
        {
            var listing = await backend.ListAsync(new BackendRequest("app", "app"), Ct);
            return new Credential("app", "1", listing.Versions[0].Value!).Reveal();
        }
        catch (BackendException error)
        {
            return error.Message;
        }
    }
}
