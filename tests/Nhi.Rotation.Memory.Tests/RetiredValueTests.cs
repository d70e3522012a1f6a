using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>Nothing retired stays: after two rotations no object of the library leads to an old value.</summary>
public sealed class RetiredValueTests : IDisposable
{
    private static readonly string[] Names = ["out", "derived", "acme", "hook", "oauth", "rpc", "azure", "aws", "tls"];

    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("nhi-memory-");
    private readonly List<string> _old = [];
    private string[] _before = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _secrets.Delete(recursive: true);

    [Fact]
    public async Task After_two_rotations_nothing_of_the_library_leads_to_an_old_value()
    {
        var current = Write(1);
        using var subject = await Subject.StartAsync(_secrets.FullName);
        await UseAsync(subject.App, current);
        for (var version = 2; version <= 3; version++)
        {
            _old.AddRange(current.Values);
            current = Write(version);
            await UseAsync(subject.App, current);
            await subject.UntilRetiredAsync(version - 1, Names);
        }

        await subject.HasForgottenAsync(_old, current.Values, Names);
    }

    private Dictionary<string, string> Write(int version)
    {
        var values = Names.ToDictionary(name => name, name => ValueOf(name, version));
        foreach (var (name, value) in values)
        {
            var next = Path.Combine(_secrets.FullName, name + ".next");
            File.WriteAllText(next, value);
            File.Move(next, Path.Combine(_secrets.FullName, name), overwrite: true);
        }

        return values;
    }

    private static string ValueOf(string name, int version)
    {
        var secret = $"{name}-{version}-{RandomNumberGenerator.GetHexString(40, lowercase: true)}";
        return name switch
        {
            "aws" => $$"""{"AccessKeyId":"AKIA{{version}}","SecretAccessKey":"{{secret}}"}""",
            "tls" => CertificateOf(version),
            _ => secret,
        };
    }

    private static string CertificateOf(int version)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest($"CN=localhost {version}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private static async Task<string[]> VersionsAsync(HttpClient app) => (await app.GetStringAsync(new Uri("/versions", UriKind.Relative), Ct)).Split(' ');

    // Each use is repeated until the app has the version: what is refused makes it look.
    private async Task UseAsync(HttpClient app, Dictionary<string, string> values)
    {
        await Subject.UntilAsync(async () =>
        {
            using var keyed = new HttpRequestMessage(HttpMethod.Get, new Uri("/keyed", UriKind.Relative)) { Headers = { { "X-Api-Key", values["acme"] } } };
            using var answer = await app.SendAsync(keyed, Ct);
            return answer.IsSuccessStatusCode;
        });
        await Subject.UntilAsync(async () =>
        {
            var body = Guid.NewGuid().ToByteArray();
            var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(values["hook"]), body));
            using var hook = new HttpRequestMessage(HttpMethod.Post, new Uri("/hook", UriKind.Relative))
            {
                Content = new ByteArrayContent(body),
                Headers = { { "X-Hub-Signature-256", $"sha256={signature}" } },
            };
            using var answer = await app.SendAsync(hook, Ct);
            return answer.IsSuccessStatusCode;
        });
        await Subject.UntilAsync(async () => !(await VersionsAsync(app)).Intersect(_before).Any());
        _before = await VersionsAsync(app);
        Assert.NotEmpty(await app.GetStringAsync(new Uri("/clients", UriKind.Relative), Ct));
        Assert.True(int.Parse(await app.GetStringAsync(new Uri("/use", UriKind.Relative), Ct)) > 40);
    }
}
