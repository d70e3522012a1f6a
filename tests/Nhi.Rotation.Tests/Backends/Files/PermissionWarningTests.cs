using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class PermissionWarningTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    public async Task A_file_that_others_may_read_is_warned_about_once(UnixFileMode extra)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        var path = _files.Write("token", "s3cret");
        FileFixture.SetMode(path, OwnerOnly | extra);
        var backend = _files.Backend();

        await FileFixture.ListAsync(backend, path);
        await FileFixture.ListAsync(backend, path);

        var warning = Assert.Single(_files.Logger.Collector.GetSnapshot());
        Assert.Equal(200, warning.Id.Id);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains(path, warning.Message, StringComparison.Ordinal);
        Assert.Contains("defaultMode: 0400", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_for_its_owner_alone_is_fine()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        var path = _files.Write("token", "s3cret");
        FileFixture.SetMode(path, OwnerOnly);

        await _files.ListAsync(path);

        Assert.Empty(_files.Logger.Collector.GetSnapshot());
    }

    [Fact]
    public async Task An_open_version_file_behind_a_closed_manifest_is_noticed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        FileFixture.SetMode(_files.Write("manifest.json", """{ "versions": [ { "id": "v1", "file": "v1.key" } ] }"""), OwnerOnly);
        FileFixture.SetMode(_files.Write("v1.key", "s3cret"), OwnerOnly | UnixFileMode.OtherRead);

        await _files.ListAsync(_files.Root);

        Assert.Equal(200, Assert.Single(_files.Logger.Collector.GetSnapshot()).Id.Id);
    }

    [Fact]
    public async Task A_kubernetes_volume_is_warned_about_once_over_many_swaps()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        var volume = new KubernetesSecretVolume(_files.Root);
        var backend = _files.Backend();
        for (var n = 0; n < 3; n++)
        {
            volume.Write("token", $"s3cret-{n}");
            await FileFixture.ListAsync(backend, volume.PathOf("token"));
        }

        Assert.Contains(volume.PathOf("token"), Assert.Single(_files.Logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }
}
