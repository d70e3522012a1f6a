using System.Text;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class InPlaceWriteTests : IDisposable
{
    private readonly SteppedTime _time = new();
    private readonly FileFixture _files;

    public InPlaceWriteTests() => _files = new FileFixture { Time = _time };

    public void Dispose()
    {
        _files.Dispose();
        _time.Dispose();
    }

    [Fact]
    public async Task A_half_written_file_never_becomes_a_version()
    {
        var path = _files.Write("token", "half of the ");
        var listing = _files.ListAsync(path);
        await _time.WaitBegunAsync();
        File.AppendAllText(path, "value");
        await LookTwiceAsync();

        Assert.Equal("half of the value", FileFixture.Reveal((await listing).Versions[0]));
    }

    [Fact]
    public async Task A_truncated_file_is_waited_for()
    {
        var path = _files.Write("token", "");
        var listing = _files.ListAsync(path);
        await _time.WaitBegunAsync();
        File.WriteAllText(path, "s3cret");
        await LookTwiceAsync();

        Assert.Equal("s3cret", FileFixture.Reveal((await listing).Versions[0]));
    }

    [Fact]
    public async Task A_file_between_delete_and_create_is_waited_for()
    {
        var path = _files.PathOf("token");
        var listing = _files.ListAsync(path);
        await _time.WaitBegunAsync();
        File.WriteAllText(path, "s3cret");
        await LookTwiceAsync();

        Assert.Equal("s3cret", FileFixture.Reveal((await listing).Versions[0]));
    }

    [Fact]
    public async Task A_file_that_never_rests_is_a_transient_error()
    {
        var path = _files.Write("token", "CANARY-0");
        var listing = _files.ListAsync(path);
        for (var n = 1; n < 10; n++)
        {
            await _time.WaitBegunAsync();
            File.WriteAllText(path, $"CANARY-{n}");
            _time.Step();
        }

        var error = await FileFixture.FailAsync(listing);
        Assert.True(error.IsTransient);
        Assert.Contains("keeps changing", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_value_is_not_waited_for()
    {
        using var files = new FileFixture();
        var path = files.Write("token", "s3cret");
        var id = (await files.ListAsync(path)).Versions[0].Id;

        var listing = await FileFixture.ListAsync(_files.Backend(), path, id);

        Assert.Null(listing.Versions[0].Value);
    }

    [Fact]
    public async Task Without_a_settle_time_one_look_is_enough()
    {
        var path = _files.Write("token", "s3cret");

        var listing = await _files.ListAsync(path, o => o.SettleTime = TimeSpan.Zero);

        Assert.Equal("s3cret", FileFixture.Reveal(listing.Versions[0]));
    }

    [Fact]
    public async Task A_file_that_vanishes_between_two_looks_is_not_found()
    {
        var path = _files.Write("token", "s3cret");
        var listing = _files.ListAsync(path);
        await _time.WaitBegunAsync();
        File.Delete(path);
        await LookTwiceAsync();

        Assert.Equal(BackendFailure.NotFound, (await FileFixture.FailAsync(listing)).Failure);
    }

    [Fact]
    public async Task A_manifest_and_its_files_settle_together()
    {
        _files.Write("v1.key", "half");
        _files.Write("manifest.json", """{ "current": "v1", "versions": [ { "id": "v1", "file": "v1.key" } ] }""");
        var listing = _files.ListAsync(_files.Root);
        await _time.WaitBegunAsync();
        File.WriteAllText(_files.PathOf("v1.key"), "whole");
        await LookTwiceAsync();

        Assert.Equal("whole", FileFixture.Reveal((await listing).Versions[0]));
    }

    [Fact]
    public async Task A_writer_in_chunks_under_a_reader_never_shows_a_torn_value()
    {
        // Long enough for a writer that loses its core between two chunks.
        using var files = new FileFixture();
        var backend = files.Backend(o => o.SettleTime = TimeSpan.FromMilliseconds(400));
        var path = files.Write("token", CheckedValue.Of(0));
        for (var n = 1; n <= 8; n++)
        {
            var writer = Task.Run(() => RewriteAsync(path, CheckedValue.Of(n)), TestContext.Current.CancellationToken);
            var seen = n - 1;
            while (seen < n)
            {
                try
                {
                    seen = CheckedValue.Check(FileFixture.Reveal((await FileFixture.ListAsync(backend, path)).Versions[0]));
                    Assert.InRange(seen, n - 1, n);
                }
                catch (BackendException refused) when (refused.Message.Contains("is empty", StringComparison.Ordinal))
                {
                    // A writer that lost its core right after it emptied the file: refused, and the last good set stays.
                }
            }

            await writer;
        }
    }

    private static async Task RewriteAsync(string path, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        await using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        foreach (var chunk in bytes.Chunk(300))
        {
            await stream.WriteAsync(chunk);
            await Task.Yield();
        }
    }

    /// <summary>After a change: one look that sees it, a wait, and one that sees the same.</summary>
    private async Task LookTwiceAsync()
    {
        _time.Step();
        await _time.WaitBegunAsync();
        _time.Step();
    }
}
