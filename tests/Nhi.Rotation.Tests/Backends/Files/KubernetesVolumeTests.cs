namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class KubernetesVolumeTests : IDisposable
{
    private readonly FileFixture _files = new();
    private readonly KubernetesSecretVolume _volume;

    public KubernetesVolumeTests() => _volume = new KubernetesSecretVolume(_files.Root);

    public void Dispose() => _files.Dispose();

    [Fact]
    public void The_simulated_volume_has_the_shape_of_a_real_one()
    {
        _volume.Write(new Dictionary<string, string> { ["token"] = "a", ["sub/key"] = "b" });
        var first = new FileInfo(_volume.PathOf("..data")).LinkTarget!;
        _volume.Write("token", "c");

        Assert.Equal("..data/token", new FileInfo(_volume.PathOf("token")).LinkTarget);
        Assert.Matches(@"^\.\.\d{4}(_\d\d){5}\.\d+$", new FileInfo(_volume.PathOf("..data")).LinkTarget!);
        Assert.False(Directory.Exists(_volume.PathOf(first)));
        Assert.False(Path.Exists(_volume.PathOf("sub")));
        Assert.Equal(3, Directory.GetFileSystemEntries(_files.Root).Length);
        Assert.Equal("c", File.ReadAllText(_volume.PathOf("token")));
    }

    [Theory]
    [InlineData("token")]
    [InlineData("sub/token")]
    public async Task The_path_in_the_volume_and_the_directory_with_a_file_name_both_work(string key)
    {
        _volume.Write(key, "s3cret");

        var byPath = await _files.ListAsync(_volume.PathOf(key));
        var byName = await _files.ListAsync(_volume.Directory, o => o.FileName = key);

        Assert.Equal("s3cret", FileFixture.Reveal(byPath.Versions[0]));
        Assert.Equal(byPath.Versions[0].Id, byName.Versions[0].Id);
    }

    [Fact]
    public async Task A_volume_is_read_without_waiting_for_it_to_settle()
    {
        // Time stands still, so a wait would never end.
        using var files = new FileFixture { Time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider() };
        var volume = new KubernetesSecretVolume(files.Root);
        volume.Write("token", "s3cret");

        var listing = await files.ListAsync(volume.PathOf("token"));

        Assert.Equal("s3cret", FileFixture.Reveal(listing.Versions[0]));
    }

    [Fact]
    public async Task Two_hundred_swaps_under_a_reader_never_show_a_torn_or_empty_value()
    {
        _volume.Write("token", CheckedValue.Of(0));
        var backend = _files.Backend();
        var path = _volume.PathOf("token");
        var reads = 0;
        var transient = 0;
        var seen = new HashSet<int>();
        var writer = Task.Run(() =>
        {
            for (var n = 1; n <= 200; n++)
            {
                _volume.Write("token", CheckedValue.Of(n));
            }
        }, TestContext.Current.CancellationToken);

        int last;
        do
        {
            last = writer.IsCompleted ? 1 : 0;
            try
            {
                var listing = await FileFixture.ListAsync(backend, path);
                seen.Add(CheckedValue.Check(FileFixture.Reveal(listing.Versions[0])));
                reads++;
            }
            catch (BackendException e) when (e.IsTransient)
            {
                transient++;
            }
        }
        while (last == 0);

        await writer;
        Assert.Contains(200, seen);
        Assert.True(seen.Count > 1, "no swap happened between reads");
        TestContext.Current.TestOutputHelper?.WriteLine($"{reads} reads saw {seen.Count} of 201 values; {transient} asked to come again");
    }

    [Fact]
    public async Task A_key_that_leaves_the_volume_is_not_found()
    {
        _volume.Write(new Dictionary<string, string> { ["token"] = "a", ["other"] = "b" });
        _volume.Write("other", "b");

        var error = await FileFixture.FailAsync(_files.ListAsync(_volume.PathOf("token")));

        Assert.Equal(BackendFailure.NotFound, error.Failure);
    }
}
