using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class FileBackendsTests : IDisposable
{
    private readonly FileFixture _files = new();
    private readonly FileBackends _backends = new(NullLogger.Instance, TimeProvider.System);

    public static TheoryData<FileBackendOptions> Others =>
    [
        new FileBackendOptions { Layout = FileLayout.SingleValue },
        new FileBackendOptions { FileName = "key" },
        new FileBackendOptions { Content = FileContent.Binary },
        new FileBackendOptions { Newline = TrailingNewline.Keep },
        new FileBackendOptions { JsonField = "password" },
        new FileBackendOptions { MaxFileSize = 100 },
        new FileBackendOptions { SettleTime = TimeSpan.Zero },
        new FileBackendOptions { FingerprintKey = new byte[16] },
        new FileBackendOptions { Layout = FileLayout.SingleValue, CertificatePath = "/tls.crt" },
    ];

    [Fact]
    public void Credentials_whose_files_are_read_alike_share_a_backend()
    {
        Assert.Same(_backends.For(new()), _backends.For(new()));
        Assert.Same(_backends.For(new() { FingerprintKey = new byte[20] }), _backends.For(new() { FingerprintKey = new byte[20] }));
        Assert.NotSame(_backends.For(new() { FingerprintKey = new byte[20] }), _backends.For(new() { FingerprintKey = new byte[21] }));
    }

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void Those_with_any_other_option_do_not(FileBackendOptions other) => Assert.NotSame(_backends.For(new()), _backends.For(other));

    [Fact]
    public async Task Two_credentials_of_one_file_each_have_their_own_ids_and_what_was_read_for_one_is_not_told_the_other()
    {
        var path = _files.Write("key", "one value for two credentials");
        var backend = _backends.For(new() { SettleTime = TimeSpan.Zero });
        var ids = new List<string>();
        for (var round = 0; round < 2; round++)
        {
            foreach (var name in (string[])["stripe", "adyen"])
            {
                var listing = await backend.ListAsync(new BackendRequest(name, path, ids.ToHashSet()), TestContext.Current.CancellationToken);
                ids.Add(Assert.Single(listing.Versions).Id);
            }
        }

        Assert.Equal([ids[0], ids[1]], ids[2..]);
        Assert.NotEqual(ids[0], ids[1]);
    }

    public void Dispose()
    {
        _backends.Dispose();
        _files.Dispose();
    }
}
