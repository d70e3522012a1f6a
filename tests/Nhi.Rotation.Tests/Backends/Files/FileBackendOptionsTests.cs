using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class FileBackendOptionsTests
{
    public static TheoryData<string, Action<FileBackendOptions>> Mistakes => new()
    {
        { "MaxFileSize", o => o.MaxFileSize = 0 },
        { "MaxFileSize", o => o.MaxFileSize = (16 * 1024 * 1024) + 1 },
        { "SettleTime", o => o.SettleTime = TimeSpan.FromTicks(-1) },
        { "SettleTime", o => o.SettleTime = TimeSpan.FromSeconds(10.1) },
        { "FingerprintKey has 15 bytes", o => o.FingerprintKey = new byte[15] },
        { "FileName", o => o.FileName = "" },
        { "FileName", o => o.FileName = "../token" },
        { "FileName", o => o.FileName = "/token" },
        { "JsonField is empty", o => o.JsonField = "" },
        { "Content is Binary", o => { o.JsonField = "password"; o.Content = FileContent.Binary; } },
        { "VersionDocument", o => { o.JsonField = "password"; o.Layout = FileLayout.VersionDocument; } },
        { "Layout", o => o.Layout = (FileLayout)9 },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void A_mistake_is_named_with_its_fix(string expected, Action<FileBackendOptions> configure)
    {
        var options = new FileBackendOptions();
        configure(options);

        Assert.Contains(expected, options.FindMistake(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new FileCredentialBackend(options, NullLogger.Instance, TimeProvider.System));
    }

    [Fact]
    public void The_defaults_and_the_bounds_are_fine()
    {
        Assert.Null(new FileBackendOptions().FindMistake());
        Assert.Null(new FileBackendOptions
        {
            MaxFileSize = 1,
            SettleTime = TimeSpan.Zero,
            FingerprintKey = new byte[16],
            FileName = "sub/token",
            JsonField = "password",
        }.FindMistake());
    }
}
