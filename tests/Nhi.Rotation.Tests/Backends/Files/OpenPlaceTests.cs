using Microsoft.Extensions.Logging;
using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>Who may write a file, or change its way, chooses the value.</summary>
public sealed class OpenPlaceTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Directory = Owner | UnixFileMode.UserExecute;

    private readonly FileFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(1000u, 1000u, Owner, false, null)]
    [InlineData(0u, 0u, Owner, false, null)]
    [InlineData(1001u, 1000u, Owner, false, "belongs to user 1001, and this process is user 1000")]
    [InlineData(1000u, 1000u, Owner | UnixFileMode.OtherWrite, false, "may be written by all users (mode 0602)")]
    [InlineData(1000u, 1000u, Owner | UnixFileMode.GroupWrite, false, "may be written by other users of its group (mode 0620)")]
    [InlineData(1000u, 0u, Owner | UnixFileMode.GroupWrite, false, null)]
    [InlineData(1000u, 0u, Owner | UnixFileMode.OtherWrite, false, "may be written by all users")]
    [InlineData(0u, 1000u, Directory | UnixFileMode.OtherWrite | UnixFileMode.StickyBit, true, null)]
    [InlineData(0u, 1000u, Owner | UnixFileMode.OtherWrite | UnixFileMode.StickyBit, false, "may be written by all users (mode 1602)")]
    public void Nobody_but_the_process_and_root_may_change_a_place(uint user, uint group, UnixFileMode mode, bool isDirectory, string? trouble)
    {
        var found = OpenPlace.Trouble("/x", new FileOwner(user, group, mode, isDirectory, IsLink: false), me: 1000);

        Assert.Equal(trouble is null, found is null);
        Assert.Contains(trouble ?? string.Empty, found ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public void A_links_own_mode_means_nothing_and_its_owner_does()
    {
        const UnixFileMode Anybody = (UnixFileMode)0x1FF;

        Assert.Null(OpenPlace.Trouble("/x", new FileOwner(1000, 1000, Anybody, IsDirectory: false, IsLink: true), me: 1000));
        Assert.NotNull(OpenPlace.Trouble("/x", new FileOwner(1001, 1000, Anybody, IsDirectory: false, IsLink: true), me: 1000));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("directory")]
    [InlineData("link's directory")]
    [InlineData("owner")]
    public async Task It_is_warned_about_once_and_refused_or_accepted_by_an_option(string what)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        var path = Open(what, out var place);
        var backend = _files.Backend();

        await FileFixture.ListAsync(backend, path);
        await FileFixture.ListAsync(backend, path);

        var warning = Assert.Single(_files.Logger.Collector.GetSnapshot());
        Assert.Equal((204, LogLevel.Warning), (warning.Id.Id, warning.Level));
        Assert.Contains($"somebody else can change what '{path}' leads to, and so the value: '{place}'", warning.Message, StringComparison.Ordinal);

        var error = await FileFixture.FailAsync(_files.ListAsync(path, options => options.WritableByOthers = FileExposure.Refuse));
        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains($"'{place}'", error.Cause, StringComparison.Ordinal);
        Assert.Contains("Accept", error.Fix, StringComparison.Ordinal);

        await _files.ListAsync(path, options => options.WritableByOthers = FileExposure.Accept);
        Assert.Single(_files.Logger.Collector.GetSnapshot());
    }

    [Fact]
    public async Task An_open_file_of_a_version_is_noticed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        FileFixture.SetMode(_files.Write("manifest.json", """{ "versions": [ { "id": "v1", "file": "v1.key" } ] }"""), Owner);
        FileFixture.SetMode(_files.Write("v1.key", "s3cret"), Owner | UnixFileMode.OtherWrite);

        await _files.ListAsync(_files.Root);

        Assert.Contains("v1.key", Assert.Single(_files.Logger.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
        await FileFixture.FailAsync(_files.ListAsync(_files.Root, options => options.WritableByOthers = FileExposure.Refuse));
    }

    [Fact]
    public async Task A_kubernetes_volume_as_the_kubelet_makes_it_is_fine()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes");
        var volume = new KubernetesSecretVolume(_files.Root);
        volume.Write("token", "s3cret");
        FileFixture.SetMode(volume.Directory, (UnixFileMode)0x1FF | UnixFileMode.StickyBit);

        await _files.ListAsync(volume.PathOf("token"), options => options.WritableByOthers = FileExposure.Refuse);

        Assert.DoesNotContain(_files.Logger.Collector.GetSnapshot(), record => record.Id.Id == 204);
    }

    private string Open(string what, out string place)
    {
        var path = _files.Write("a/token", "s3cret");
        var directory = Path.GetDirectoryName(path)!;
        FileFixture.SetMode(path, Owner);
        FileFixture.SetMode(directory, Directory);
        place = path;
        switch (what)
        {
            case "file":
                FileFixture.SetMode(path, Owner | UnixFileMode.OtherWrite);
                break;
            case "directory":
                FileFixture.SetMode(place = directory, Directory | UnixFileMode.OtherWrite);
                break;
            case "link's directory":
                place = System.IO.Directory.CreateDirectory(_files.PathOf("links")).FullName;
                File.CreateSymbolicLink(Path.Join(place, "token"), path);
                path = Path.Join(place, "token");
                FileFixture.SetMode(place, Directory | UnixFileMode.OtherWrite);
                break;
            default:
                Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can give a file away");
                using (var chown = System.Diagnostics.Process.Start("chown", ["4321", path]))
                {
                    chown.WaitForExit();
                }

                break;
        }

        return path;
    }
}
