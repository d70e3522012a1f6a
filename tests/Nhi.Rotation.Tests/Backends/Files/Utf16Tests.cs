using System.Text;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>Text as Windows writes it: a byte order mark says that it is UTF-16, and the value is its text.</summary>
public sealed class Utf16Tests : IDisposable
{
    private readonly FileFixture _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_is_read_and_told_of_once(bool isBigEndian)
    {
        var path = Write("token", "s3crét-𝄞\r\n", isBigEndian);
        var backend = _files.Backend();

        var listing = await FileFixture.ListAsync(backend, path);
        await FileFixture.ListAsync(backend, path);

        Assert.Equal("s3crét-𝄞", Value(listing));
        var warning = Assert.Single(_files.Logger.Collector.GetSnapshot(), static line => line.Id.Id == 205);
        Assert.Contains($"'{path}' is UTF-16", warning.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_text_in_UTF_8_is_the_same_version()
    {
        var backend = _files.Backend();
        var first = await FileFixture.ListAsync(backend, Write("token", "s3cret\r\n", isBigEndian: false));
        var second = await FileFixture.ListAsync(backend, _files.Write("token", "s3cret\n"));

        Assert.Equal(Assert.Single(first.Versions).Id, Assert.Single(second.Versions).Id);
    }

    [Fact]
    public async Task A_manifest_a_field_and_a_directory_of_fields_are_text_too()
    {
        Write("v/v1.key", "s3cret\r\n", isBigEndian: false);
        Write("v/manifest.json", """{ "versions": [ { "id": "v1", "file": "v1.key" } ] }""", isBigEndian: false);
        Write("fields/username", "app\r\n", isBigEndian: false);
        Write("fields/password", "s3cret\r\n", isBigEndian: true);

        Assert.Equal("s3cret", Value(await _files.ListAsync(_files.PathOf("v"))));
        Assert.Equal("s3cret", Value(await _files.ListAsync(Write("json", """{"password":"s3cret"}""", isBigEndian: false), static options => options.JsonField = "password")));
        Assert.Equal("""{"password":"s3cret","username":"app"}""", Value(await _files.ListAsync(_files.PathOf("fields"), static options => options.Layout = FileLayout.FieldDirectory)));
    }

    [Fact]
    public async Task What_is_said_to_be_binary_is_taken_as_it_is()
    {
        byte[] bytes = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("s3cret")];

        var listing = await _files.ListAsync(_files.Write("token", bytes), static options => options.Content = FileContent.Binary);

        Assert.Equal(bytes, new Credential("x", "1", Assert.Single(listing.Versions).Value!).RevealBytes().ToArray());
        Assert.DoesNotContain(_files.Logger.Collector.GetSnapshot(), static line => line.Id.Id == 205);
    }

    private static string Value(BackendListing listing) => new Credential("x", "1", Assert.Single(listing.Versions).Value!).Reveal();

    private string Write(string name, string text, bool isBigEndian)
    {
        var encoding = isBigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode;
        return _files.Write(name, [.. encoding.Preamble, .. encoding.GetBytes(text)]);
    }
}
