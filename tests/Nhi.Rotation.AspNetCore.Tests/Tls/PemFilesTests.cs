using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>Certificates in files: what cert-manager and SPIFFE helpers write.</summary>
public sealed class PemFilesTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("nhi-tls-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_spiffe_pair_that_is_written_one_after_the_other_is_refused_while_it_does_not_match()
    {
        var (certificate, key) = (Path("svid.pem"), Path("svid_key.pem"));
        Write((certificate, key), _authority.IssueLeaf());
        await using var services = Services(c => c.FromPemFiles(certificate, key));
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("tls");
        var first = await provider.GetCurrentAsync(Ct);

        var (chain, newKey) = _authority.IssueLeaf();
        await File.WriteAllTextAsync(certificate, chain, Ct);
        var error = await Assert.ThrowsAsync<BackendException>(async () => await provider.RefreshAsync(RefreshReason.Requested, Ct));

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains("has a private key that matches none of its 2 certificates", error.Message, StringComparison.Ordinal);
        Assert.Same(first, provider.Current);

        await File.WriteAllTextAsync(key, newKey, Ct);
        await Eventually.IsAsync(() => provider.Current != first, "the whole pair is used");
        Assert.Equal(CredentialStage.Previous, first.Stage);
        using var now = TlsCertificate.Parse(provider.Current);
        Assert.Equal(now.NotAfter, provider.Current.ExpiresOn);
    }

    [Fact]
    public async Task A_cert_manager_volume_is_swapped_as_a_whole()
    {
        Swap("..2026_01", _authority.IssueLeaf());
        await using var services = Services(c => c.FromPemFiles(Path("tls.crt"), Path("tls.key")));
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("tls");
        var first = await provider.GetCurrentAsync(Ct);

        Swap("..2026_02", _authority.IssueLeaf());

        await Eventually.IsAsync(() => provider.Current != first, "the new volume is used");
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_and_one_that_is_not_valid_yet_waits()
    {
        var now = TimeProvider.System.GetUtcNow();
        var files = (Path("tls.crt"), Path("tls.key"));
        Write(files, _authority.IssueLeaf());
        await using var services = Services(c => c.FromPemFiles(files.Item1, files.Item2));
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("tls");
        var first = await provider.GetCurrentAsync(Ct);

        Write(files, _authority.IssueLeaf(notAfter: now.AddMinutes(-1)));
        var error = await Assert.ThrowsAsync<BackendException>(async () => await provider.RefreshAsync(RefreshReason.Requested, Ct));
        Assert.Contains("has a certificate that expired at", error.Message, StringComparison.Ordinal);
        Assert.Same(first, provider.Current);

        Write(files, _authority.IssueLeaf(notBefore: now.AddHours(1)));
        var set = await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Same(first, set.Current);
        Assert.Equal(now.AddHours(1), Assert.Single(set.Pending).NotBefore!.Value, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_pair_that_is_put_back_has_its_dates_still()
    {
        var files = (Path("tls.crt"), Path("tls.key"));
        var (old, next) = (_authority.IssueLeaf(), _authority.IssueLeaf());
        Write(files, old);
        await using var services = Services(c => c.FromPemFiles(files.Item1, files.Item2));
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("tls");
        var first = await provider.GetCurrentAsync(Ct);
        Write(files, next);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.NotEqual(first.VersionId, provider.Current.VersionId);

        Write(files, old);
        var set = await provider.RefreshAsync(RefreshReason.Requested, Ct);

        var again = set.Current!.VersionId == first.VersionId ? set.Current : Assert.Single(set.Previous);
        Assert.Equal((first.VersionId, first.NotBefore, first.ExpiresOn), (again.VersionId, again.NotBefore, again.ExpiresOn));
        Assert.NotNull(again.ExpiresOn);
    }

    [Fact]
    public async Task A_cert_manager_secret_has_the_roots_beside_the_pair_and_they_are_left_alone()
    {
        Write((Path("tls.crt"), Path("tls.key")), _authority.IssueLeaf(rsa: true));
        await File.WriteAllTextAsync(Path("ca.crt"), _authority.Root.ExportCertificatePem(), Ct);
        await using var services = Services(c => c.FromPemFiles(Path("tls.crt"), Path("tls.key")));
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("tls");

        using var certificate = TlsCertificate.Parse(await provider.GetCurrentAsync(Ct));

        Assert.StartsWith("CN=localhost", certificate.Leaf.Subject, StringComparison.Ordinal);
        Assert.Equal("CN=Test Intermediate", Assert.Single(certificate.Intermediates).Subject);
    }

    [Theory]
    [InlineData("svid_bundle.pem", "svid_key.pem", "has a private key that does not match its certificate")]
    [InlineData("svid.pem", "svid_bundle.pem", "has no private key")]
    [InlineData("svid_key.pem", "svid_key.pem", "has more than one private key")]
    public async Task Paths_that_are_mixed_up_are_told(string certificate, string key, string cause)
    {
        Write((Path("svid.pem"), Path("svid_key.pem")), _authority.IssueLeaf());
        await File.WriteAllTextAsync(Path("svid_bundle.pem"), _authority.Root.ExportCertificatePem() + "\n", Ct);
        await using var services = Services(c => c.FromPemFiles(Path(certificate), Path(key)));

        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(
            async () => await services.GetRequiredKeyedService<IRotatingCredentialProvider>("tls").GetCurrentAsync(Ct));

        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_bad_version_among_several_leaves_the_others_in_use()
    {
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("tls", _authority.IssuePem());
        await using var services = Services(c => c.UseBackend("tls", _ => backend).AsCertificate());
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("tls");
        var first = await provider.GetCurrentAsync(Ct);

        backend.Add("tls", "no certificate at all");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Same(first, provider.Current);

        backend.Add("tls", _authority.IssuePem());
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.NotSame(first, provider.Current);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _directory.Delete(recursive: true);
    }

    private static ServiceProvider Services(Action<CredentialBuilder> configure)
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("tls", configure);
        return services.BuildServiceProvider();
    }

    private static void Write((string Certificate, string Key) files, (string Chain, string Key) pair)
    {
        File.WriteAllText(files.Certificate, pair.Chain);
        File.WriteAllText(files.Key, pair.Key);
    }

    private string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    // As the kubelet does it: new files in a directory of their own, then one rename.
    private void Swap(string target, (string Chain, string Key) pair)
    {
        Directory.CreateDirectory(Path(target));
        Write((Path($"{target}/tls.crt"), Path($"{target}/tls.key")), pair);
        File.CreateSymbolicLink(Path("..data_tmp"), target);

        // .NET cannot rename a link over a link to a directory.
        using var move = System.Diagnostics.Process.Start("mv", ["-T", Path("..data_tmp"), Path("..data")]);
        move.WaitForExit();
        Assert.Equal(0, move.ExitCode);
        foreach (var name in new[] { "tls.crt", "tls.key" }.Where(name => !File.Exists(Path(name))))
        {
            File.CreateSymbolicLink(Path(name), $"..data/{name}");
        }
    }
}
