using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>One file that is itself a mount: a Kubernetes subPath, a Compose secret, a bind mount.</summary>
public sealed class SingleFileMountTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogger _logger = new();
    private readonly FileFixture _files = new();
    private readonly DirectoryWatches _directories = new(static directory => new FileSystemWatcher(directory));
    private readonly List<string> _mounted = [];

    public void Dispose()
    {
        _mounted.ForEach(path => Run("umount", path));
        _files.Dispose();
    }

    [Fact]
    public async Task A_real_bind_mount_is_warned_about_and_a_change_at_its_source_is_found_within_two_seconds()
    {
        var (source, path) = BindMount();
        using var backend = Backend(Mounts.OfProcess(_time));

        var token = backend.Watch(path)!;
        var again = backend.Watch(path)!;

        var warning = Assert.Single(_logger.Collector.GetSnapshot());
        Assert.Equal(203, warning.Id.Id);
        Assert.Contains($"'{path}' is itself a mount", warning.Message, StringComparison.Ordinal);
        Assert.Contains("Mount the directory that it is in", warning.Message, StringComparison.Ordinal);
        Assert.Equal(new WatchStanding(false, $"'{path}' is itself a mount, so no event tells of its changes; it is looked at every 2 s"), backend.WatchOf(path));
        Assert.Same(token.GetType(), again.GetType());

        await File.WriteAllTextAsync(source, "second", TestContext.Current.CancellationToken);
        _time.Advance(MountedFilePoll.Pace - TimeSpan.FromTicks(1));
        Assert.False(token.HasChanged);
        _time.Advance(TimeSpan.FromTicks(1));
        await Eventually.TrueAsync(() => token.HasChanged);
    }

    [Fact]
    public async Task A_new_mount_over_it_is_found_as_well_and_a_replacement_at_the_source_never_is()
    {
        var (source, path) = BindMount();
        using var backend = Backend(Mounts.OfProcess(_time));
        var token = backend.Watch(path)!;

        // A rename at the source: the mount goes on to show the file that was there.
        File.Move(_files.Write("source.new", "second"), source, overwrite: true);
        _time.Advance(MountedFilePoll.Pace);
        Assert.Equal("first", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));

        Run("umount", path);
        Run("mount", "--bind", source, path);
        _time.Advance(MountedFilePoll.Pace);

        await Eventually.TrueAsync(() => token.HasChanged);
        Assert.Equal("second", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_the_table_of_mounts_says_is_believed()
    {
        var path = _files.Write("token", "first");
        using var backend = Backend(new Mounts(() => $"90 27 254:0 /x {path} ro - ext4 /dev/vda rw\n", _time));
        var token = backend.Watch(path)!;
        Assert.Equal(203, Assert.Single(_logger.Collector.GetSnapshot()).Id.Id);
        await Eventually.TrueAsync(() => !token.HasChanged);

        Assert.False(backend.WatchOf(path)!.Value.IsWatched);
    }

    [Fact]
    public void A_directory_that_is_a_mount_is_as_good_as_any()
    {
        var path = _files.Write("token", "first");
        using var backend = Backend(new Mounts(() => $"90 27 254:0 /x {_files.Root} ro - ext4 /dev/vda rw\n", _time));

        Assert.NotNull(backend.Watch(path));

        Assert.Empty(_logger.Collector.GetSnapshot());
        Assert.Equal(new WatchStanding(true, null), backend.WatchOf(path));
    }

    [Fact]
    public void A_file_system_of_another_machine_and_a_watch_that_failed_are_told_with_the_reason()
    {
        Assert.Equal(
            "its file system, nfs4, tells of no change that another machine or program makes behind it",
            new PlaceWatched("/x", Failure: null, IsMount: false, ForeignFormat: "nfs4").Standing.Why);

        var path = _files.Write("token", "first");
        using var backend = new FileCredentialBackend(new FileBackendOptions(), NullLogger.Instance, _time, new DirectoryWatches(_ => throw new IOException("the limit is reached")), Mounts.OfProcess(_time));

        Assert.Null(backend.WatchOf(path));
        Assert.Null(backend.Watch(path));
        Assert.Equal(new WatchStanding(false, $"it cannot be watched: IOException for '{_files.Root}'"), backend.WatchOf(path));
    }

    private FileCredentialBackend Backend(Mounts mounts) => new(new FileBackendOptions(), _logger, _time, _directories, mounts);

    private (string Source, string Path) BindMount()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root on Linux can mount");
        var source = _files.Write("source", "first");
        var path = _files.Write("token", string.Empty);
        Assert.SkipUnless(Run("mount", "--bind", source, path), "this container may not mount");
        _mounted.Add(path);
        return (source, path);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
