using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>A file that was not changed is not read again; whatever changes what reading would bring makes it be read.</summary>
public sealed class LastReadingTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly FileFixture _files;

    public LastReadingTests() => _files = new FileFixture { Time = _time };

    public static TheoryData<string> Changes => ["written in place", "replaced", "deleted and made again", "linked elsewhere", "permissions"];

    [Fact]
    public async Task A_file_that_was_not_changed_is_not_read_again()
    {
        SkipWithoutStamps();
        var (backend, path, id) = await LoadAsync();

        var first = await FileFixture.ListAsync(backend, path, id);
        var second = await FileFixture.ListAsync(backend, path, id);

        Assert.Same(first, second);
        Assert.Null(Assert.Single(second.Versions).Value);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Whatever_may_have_changed_it_makes_it_be_read(string change)
    {
        SkipWithoutStamps();
        var (backend, path, id) = await LoadAsync();
        var before = await FileFixture.ListAsync(backend, path, id);

        Change(change, path);
        var after = await FileFixture.ListAsync(backend, path, id);

        Assert.NotSame(before, after);
        Assert.Equal(change == "permissions", Assert.Single(after.Versions).Id == id);
    }

    [Fact]
    public async Task A_swapped_volume_is_read()
    {
        SkipWithoutStamps();
        var volume = new KubernetesSecretVolume(_files.Root);
        volume.Write(new Dictionary<string, string> { ["key"] = "one" });
        var backend = _files.Backend();
        var path = _files.PathOf("key");
        var id = (await FileFixture.ListAsync(backend, path)).Versions[0].Id;
        Assert.Same(await FileFixture.ListAsync(backend, path, id), await FileFixture.ListAsync(backend, path, id));

        volume.Write(new Dictionary<string, string> { ["key"] = "two" });

        Assert.NotEqual(id, (await FileFixture.ListAsync(backend, path, id)).Versions[0].Id);
    }

    [Fact]
    public async Task A_deleted_file_is_missed_at_once()
    {
        var (backend, path, id) = await LoadAsync();
        await FileFixture.ListAsync(backend, path, id);

        File.Delete(path);

        Assert.Equal(BackendFailure.NotFound, (await FileFixture.FailAsync(FileFixture.ListAsync(backend, path, id))).Failure);
    }

    [Fact]
    public async Task A_version_whose_value_is_wanted_again_is_read()
    {
        var (backend, path, id) = await LoadAsync();
        await FileFixture.ListAsync(backend, path, id);

        var wanted = await FileFixture.ListAsync(backend, path);

        Assert.NotNull(Assert.Single(wanted.Versions).Value);
    }

    [Fact]
    public async Task Another_path_of_the_same_backend_is_read()
    {
        var (backend, path, id) = await LoadAsync();
        await FileFixture.ListAsync(backend, path, id);
        var other = _files.Write("other", "another value");

        Assert.NotEqual(id, (await FileFixture.ListAsync(backend, other, id)).Versions[0].Id);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public async Task Every_hour_it_is_read_although_nothing_seems_to_have_changed(int ticks, bool isSame)
    {
        SkipWithoutStamps();
        var (backend, path, id) = await LoadAsync();
        var first = await FileFixture.ListAsync(backend, path, id);

        _time.Elapsed += TimeSpan.FromHours(1) + TimeSpan.FromTicks(ticks);

        Assert.Equal(isSame, ReferenceEquals(first, await FileFixture.ListAsync(backend, path, id)));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void What_was_changed_less_than_two_seconds_before_may_change_again_unseen(int ticks, bool isReliable)
    {
        SkipWithoutStamps();
        var path = _files.Write("key", "value");
        var stamp = FileStamp.Of(path)!.Value;
        var changed = DateTimeOffset.FromUnixTimeSeconds(stamp.ChangedSeconds).AddTicks(stamp.ChangedNanoseconds / 100);

        Assert.Equal(isReliable, stamp.IsReliable(path, changed + TimeSpan.FromSeconds(2) + TimeSpan.FromTicks(ticks)));
    }

    [Fact]
    public void A_stamp_is_a_files_own()
    {
        SkipWithoutStamps();
        var path = _files.Write("key", "value");

        Assert.Equal(FileStamp.Of(path), FileStamp.Of(path));
        Assert.NotEqual(FileStamp.Of(path), FileStamp.Of(_files.Write("other", "value")));
        Assert.Equal(5ul, FileStamp.Of(path)!.Value.Size);
        Assert.Null(FileStamp.Of(_files.Root));
        Assert.Null(FileStamp.Of(_files.PathOf("missing")));
        Assert.Null(FileStamp.Of("/" + new string('x', 5_000)));
    }

    public void Dispose() => _files.Dispose();

    private static void SkipWithoutStamps() => Assert.SkipUnless(OperatingSystem.IsLinux(), "files have stamps on Linux only");

    private async Task<(FileCredentialBackend Backend, string Path, string Id)> LoadAsync()
    {
        var backend = _files.Backend();
        var path = _files.Write("key", "old value");
        return (backend, path, Assert.Single((await FileFixture.ListAsync(backend, path)).Versions).Id);
    }

    private void Change(string change, string path)
    {
        switch (change)
        {
            case "written in place":
                // The clock of these tests is ahead, so the file is old by it though it is not: until its date is another one.
                for (var stamp = FileStamp.Of(path); FileStamp.Of(path) == stamp;)
                {
                    File.WriteAllText(path, "new value");
                }

                break;
            case "replaced":
                _files.Replace("key", "new value");
                break;
            case "deleted and made again":
                File.Delete(path);
                _files.Write("key.tmp", "in place of the inode");
                File.WriteAllText(path, "new value");
                break;
            case "linked elsewhere":
                File.Delete(path);
                File.CreateSymbolicLink(path, _files.Write("elsewhere", "new value"));
                break;
            default:
                for (var stamp = FileStamp.Of(path); FileStamp.Of(path) == stamp;)
                {
                    FileFixture.SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }

                break;
        }
    }

    // An hour ahead of the system, and moved on by hand.
    private sealed class SteppedTime : TimeProvider
    {
        public TimeSpan Elapsed { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromHours(1);

        public override long GetTimestamp() => Elapsed.Ticks;
    }
}
