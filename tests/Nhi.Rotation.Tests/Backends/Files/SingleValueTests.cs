using System.Text;

namespace Nhi.Rotation.Tests.Backends.Files;

public sealed class SingleValueTests : IDisposable
{
    private readonly FileFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_file_holds_one_current_version_and_does_not_speak_for_others()
    {
        var path = _files.Write("token", "s3cret\n");

        var listing = await _files.ListAsync(path);

        var version = Assert.Single(listing.Versions);
        Assert.Equal("s3cret", FileFixture.Reveal(version));
        Assert.Equal(VersionLabel.Current, version.Label);
        Assert.Equal(File.GetLastWriteTimeUtc(path), version.CreatedOn!.Value.UtcDateTime);
        Assert.False(listing.IsComplete);
        Assert.Null(listing.Revision);
    }

    [Fact]
    public async Task A_directory_and_a_file_name_make_a_path()
    {
        _files.Write("app/token", "s3cret");

        var listing = await _files.ListAsync(_files.PathOf("app"), o => o.FileName = "token");

        Assert.Equal("s3cret", FileFixture.Reveal(listing.Versions[0]));
    }

    [Fact]
    public async Task A_known_value_is_listed_without_its_value()
    {
        var path = _files.Write("token", "s3cret");
        var backend = _files.Backend();
        var id = (await FileFixture.ListAsync(backend, path)).Versions[0].Id;

        var again = (await FileFixture.ListAsync(backend, path, id)).Versions[0];

        Assert.Equal(id, again.Id);
        Assert.Null(again.Value);
    }

    [Fact]
    public async Task Another_value_is_another_version()
    {
        var path = _files.Write("token", "one");
        var backend = _files.Backend();
        var one = (await FileFixture.ListAsync(backend, path)).Versions[0];
        _files.Replace("token", "two");

        var two = (await FileFixture.ListAsync(backend, path, one.Id)).Versions[0];

        Assert.NotEqual(one.Id, two.Id);
        Assert.Equal("two", FileFixture.Reveal(two));
    }

    [Fact]
    public async Task A_link_to_a_file_elsewhere_is_followed()
    {
        _files.Write("releases/42/token", "s3cret");
        Directory.CreateSymbolicLink(_files.PathOf("current"), "releases/42");
        Directory.CreateSymbolicLink(_files.PathOf("app"), _files.PathOf("current"));

        var listing = await _files.ListAsync(_files.PathOf("app/../current/token"));

        Assert.Equal("s3cret", FileFixture.Reveal(listing.Versions[0]));
    }

    [Fact]
    public async Task Binary_content_is_taken_byte_by_byte()
    {
        byte[] content = [0xEF, 0xBB, 0xBF, 0, 1, 0xFF, (byte)'\r', (byte)'\n'];
        var path = _files.Write("key", content);

        var listing = await _files.ListAsync(path, o => o.Content = FileContent.Binary);

        Assert.Equal(content, FileFixture.RevealBytes(listing.Versions[0]));
    }

    [Fact]
    public async Task A_byte_order_mark_is_not_part_of_the_value()
    {
        var path = _files.Write("token", [.. Encoding.UTF8.Preamble, .. "s3cret"u8]);

        var listing = await _files.ListAsync(path);

        Assert.Equal("s3cret"u8.ToArray(), FileFixture.RevealBytes(listing.Versions[0]));
    }

    [Fact]
    public async Task Json_is_text_unless_a_field_is_asked_for()
    {
        const string Json = """{"username":"app","password":"s3cret\u0021"}""";
        var path = _files.Write("db", Json + "\n");

        var whole = await _files.ListAsync(path);
        var field = await _files.ListAsync(path, o => o.JsonField = "password");

        Assert.Equal(Json, FileFixture.Reveal(whole.Versions[0]));
        Assert.Equal("s3cret!", FileFixture.Reveal(field.Versions[0]));
    }

    [Fact]
    public async Task A_change_beside_the_json_field_is_no_new_version()
    {
        var path = _files.Write("db", """{"username":"app","password":"s3cret"}""");
        var backend = _files.Backend(o => o.JsonField = "password");
        var before = await FileFixture.ListAsync(backend, path);
        _files.Replace("db", """{"password":"s3cret","username":"other"}""");

        var after = await FileFixture.ListAsync(backend, path);

        Assert.Equal(before.Versions[0].Id, after.Versions[0].Id);
    }

    [Fact]
    public async Task A_cancelled_listing_ends_at_once()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var request = new BackendRequest(FileFixture.Name, _files.Write("token", "s3cret"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _files.Backend().ListAsync(request, cancelled.Token).AsTask());
    }

    [Fact]
    public async Task Cancellation_ends_the_wait_for_content_to_settle()
    {
        using var cancel = new CancellationTokenSource();
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var files = new FileFixture { Time = time };
        var request = new BackendRequest(FileFixture.Name, files.Write("token", "s3cret"));

        var listing = files.Backend().ListAsync(request, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }
}
