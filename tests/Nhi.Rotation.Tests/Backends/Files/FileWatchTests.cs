using System.Diagnostics;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class FileWatchTests : IDisposable
{
    private readonly FileFixture _files = new();
    private readonly DirectoryWatches _directories = new(static directory => new FileSystemWatcher(directory));

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_swap_of_a_kubernetes_volume_is_signalled_each_time()
    {
        var volume = new KubernetesSecretVolume(_files.Root);
        volume.Write("token", "0");
        var backend = Backend();
        for (var n = 1; n <= 20; n++)
        {
            var token = backend.Watch(volume.PathOf("token"))!;
            volume.Write("token", $"{n}");
            await FiredAsync(token);
        }
    }

    [Fact]
    public async Task A_swap_is_signalled_when_the_credential_is_the_volume()
    {
        var volume = new KubernetesSecretVolume(_files.Root);
        volume.Write("manifest.json", "{}");
        var token = Backend().Watch(volume.Directory)!;

        volume.Write("manifest.json", "[]");

        await FiredAsync(token);
    }

    [Fact]
    public async Task A_write_in_place_is_signalled()
    {
        var path = _files.Write("token", "a");
        var token = Backend().Watch(path)!;

        File.WriteAllText(path, "b");

        await FiredAsync(token);
    }

    [Fact]
    public async Task A_replacement_by_a_rename_is_signalled()
    {
        var path = _files.Write("token", "a");
        var token = Backend().Watch(path)!;

        _files.Replace("token", "b");

        await FiredAsync(token);
    }

    [Fact]
    public async Task A_deletion_and_a_creation_are_signalled()
    {
        var path = _files.Write("token", "a");
        var backend = Backend();
        var deleted = backend.Watch(path)!;
        File.Delete(path);
        await FiredAsync(deleted);

        var created = backend.Watch(path)!;
        File.WriteAllText(path, "b");
        await FiredAsync(created);
    }

    [Fact]
    public async Task A_change_of_a_version_directory_is_signalled_for_every_file_in_it()
    {
        _files.Write("manifest.json", "{}");
        var backend = Backend();

        var file = backend.Watch(_files.Root)!;
        _files.Write("v2.key", "b");
        await FiredAsync(file);

        var manifest = backend.Watch(_files.Root)!;
        _files.Replace("manifest.json", "{ }");
        await FiredAsync(manifest);
    }

    [Fact]
    public async Task A_link_on_the_way_that_is_pointed_elsewhere_is_signalled()
    {
        _files.Write("releases/1/token", "a");
        _files.Write("releases/2/token", "b");
        Directory.CreateSymbolicLink(_files.PathOf("current"), "releases/1");
        var path = _files.PathOf("current/token");
        var backend = Backend();
        var moved = backend.Watch(path)!;

        File.Delete(_files.PathOf("current"));
        Directory.CreateSymbolicLink(_files.PathOf("current"), "releases/2");
        await FiredAsync(moved);

        var written = backend.Watch(path)!;
        _files.Write("releases/2/token", "c");
        await FiredAsync(written);
    }

    [Fact]
    public async Task A_directory_that_is_deleted_and_created_again_is_watched_again()
    {
        var path = _files.Write("a/b/app/token", "1");
        var backend = Backend();
        for (var n = 2; n < 7; n++)
        {
            var deleted = backend.Watch(path)!;
            Directory.Delete(_files.PathOf(n % 2 == 0 ? "a/b/app" : "a"), recursive: true);
            await FiredAsync(deleted);

            // As the engine does: each signal is answered by a new watch and a listing, until the value is there.
            var value = WaitForAsync(backend, path, $"{n}");
            _files.Write("a/b/app/token", $"{n}");
            await value;

            var written = backend.Watch(path)!;
            File.WriteAllText(path, $"{n} again");
            await FiredAsync(written);
        }
    }

    [Fact]
    public async Task A_directory_that_is_exchanged_for_another_is_watched_again()
    {
        var path = _files.Write("app/token", "1");
        _files.Write("next/token", "2");
        var backend = Backend();
        var exchanged = backend.Watch(path)!;
        Directory.Move(_files.PathOf("app"), _files.PathOf("old"));
        Directory.Move(_files.PathOf("next"), _files.PathOf("app"));
        await FiredAsync(exchanged);
        await WaitForAsync(backend, path, "2");

        var written = backend.Watch(path)!;
        File.WriteAllText(path, "3");
        await FiredAsync(written);
    }

    [Fact]
    public async Task Other_files_of_the_directory_are_not_signalled()
    {
        var path = _files.Write("app/token", "a");
        var backend = Backend();
        var token = backend.Watch(path)!;
        _files.Write("app/other", "x");
        File.Delete(_files.PathOf("app/other"));

        // A later event of the same directory: whatever came before it was delivered before it.
        var later = Backend().Watch(_files.PathOf("app/later"))!;
        _files.Write("app/later", "x");
        await FiredAsync(later);

        Assert.False(token.HasChanged);
    }

    [Fact]
    public async Task A_token_fires_once_and_the_next_one_is_new()
    {
        var path = _files.Write("token", "a");
        var backend = Backend();
        var first = backend.Watch(path)!;
        var calls = 0;
        var called = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = first.RegisterChangeCallback(_ => called.TrySetResult(Interlocked.Increment(ref calls)), null);
        for (var n = 0; n < 5; n++)
        {
            var token = backend.Watch(path)!;
            File.WriteAllText(path, $"{n}");
            await FiredAsync(token);
        }

        Assert.True(first.HasChanged);
        Assert.Equal(1, await called.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(1, calls);
        Assert.False(backend.Watch(path + "x")!.HasChanged);
    }

    [Fact]
    public void Thousands_of_watches_of_many_credentials_are_one_watch_a_directory()
    {
        var backends = Enumerable.Range(0, 20).Select(_ => Backend()).ToList();
        _files.Write("app/token-0", "a");

        Parallel.For(0, 5000, n => Assert.NotNull(backends[n % 20].Watch(_files.PathOf($"app/token-{n % 20}"))));

        // The directory and its parent.
        Assert.Equal(2, _directories.Count);
        backends.ForEach(static backend => backend.Dispose());
        Assert.Equal(0, _directories.Count);
        Assert.Null(backends[0].Watch(_files.PathOf("app/token-0")));
    }

    [Fact]
    public async Task Watches_of_a_swapped_volume_do_not_pile_up()
    {
        var volume = new KubernetesSecretVolume(Directory.CreateDirectory(_files.PathOf("vol")).FullName);
        var backend = Backend();
        for (var n = 0; n < 10; n++)
        {
            volume.Write("token", $"{n}");
            var token = backend.Watch(volume.PathOf("token"))!;
            volume.Write("token", $"{n} again");
            await FiredAsync(token);
            Assert.Equal(2, _directories.Count);
        }
    }

    [Fact]
    public void A_watch_that_cannot_be_set_is_warned_about_once_and_tried_again()
    {
        var path = _files.Write("token", "a");
        var isBroken = true;
        var directories = new DirectoryWatches(directory => isBroken ? throw new IOException("inotify limit") : new FileSystemWatcher(directory));
        var backend = _files.Backend(directories: directories);

        Assert.Null(backend.Watch(path));
        Assert.Null(backend.Watch(path));
        var warning = Assert.Single(_files.Logger.Collector.GetSnapshot());
        Assert.Equal(201, warning.Id.Id);
        Assert.Contains("IOException", warning.Message, StringComparison.Ordinal);

        isBroken = false;
        Assert.NotNull(backend.Watch(path));
    }

    [Fact]
    public async Task Lost_events_are_a_signal_and_a_new_watch()
    {
        var path = _files.Write("token", "a");
        var made = new List<BreakableWatcher>();
        var directories = new DirectoryWatches(directory =>
        {
            made.Add(new BreakableWatcher(directory));
            return made[^1];
        });
        var backend = _files.Backend(directories: directories);
        var token = backend.Watch(path)!;
        var count = made.Count;
        var broken = made.Single(watcher => watcher.Path == _files.Root);

        broken.Break();
        await FiredAsync(token);

        var next = backend.Watch(path)!;
        Assert.Equal(count + 1, made.Count);
        Assert.True(broken.IsDisposed);
        Assert.Equal(202, Assert.Single(_files.Logger.Collector.GetSnapshot()).Id.Id);
        File.WriteAllText(path, "b");
        await FiredAsync(next);
    }

    [Fact]
    public async Task A_listener_that_throws_does_not_end_the_watch()
    {
        var path = _files.Write("token", "a");
        var backend = Backend();
        var token = backend.Watch(path)!;
        using var registration = token.RegisterChangeCallback(_ => throw new InvalidOperationException(), null);
        File.WriteAllText(path, "b");
        await FiredAsync(token);

        var next = backend.Watch(path)!;
        File.WriteAllText(path, "c");
        await FiredAsync(next);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_key_that_is_no_path_is_not_watched(string key)
    {
        Assert.Null(Backend().Watch(key));
    }

    [Fact]
    public async Task The_latency_of_a_signal_is_measured()
    {
        var volume = new KubernetesSecretVolume(_files.Root);
        volume.Write("token", "0");
        var backend = Backend();
        var latencies = new List<double>();
        for (var n = 1; n <= 50; n++)
        {
            var token = backend.Watch(volume.PathOf("token"))!;
            var fired = FiredAsync(token);
            var started = Stopwatch.GetTimestamp();
            volume.Write("token", $"{n}");
            await fired;
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        latencies.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"from the begin of a swap to the signal, ms: median {latencies[25]:0.00}, 90 % {latencies[45]:0.00}, most {latencies[^1]:0.00}");
        Assert.True(latencies[^1] < 10_000);
    }

    private FileCredentialBackend Backend() => _files.Backend(directories: _directories);

    private static async Task FiredAsync(IChangeToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = token.RegisterChangeCallback(_ => fired.TrySetResult(), null);
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static async Task WaitForAsync(FileCredentialBackend backend, string path, string value)
    {
        while (true)
        {
            var token = backend.Watch(path)!;
            try
            {
                if (FileFixture.Reveal((await FileFixture.ListAsync(backend, path)).Versions[0]) == value)
                {
                    return;
                }
            }
            catch (BackendException)
            {
                // Not there yet.
            }

            await FiredAsync(token);
        }
    }

    private sealed class BreakableWatcher : FileSystemWatcher
    {
        public BreakableWatcher(string path)
            : base(path)
        {
        }

        public bool IsDisposed { get; private set; }

        public void Break() => OnError(new ErrorEventArgs(new InternalBufferOverflowException()));

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
