using System.Security.Cryptography;
using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

public sealed class ContentTests : VaultTest
{
    [Fact]
    public async Task A_field_is_taken_from_a_JSON_secret()
    {
        SetLater("""{"user":"app","password":"pässword"}""");

        var listing = await ListAsync(CreateBackend("password"));

        Assert.Equal("pässword", Reveal(Assert.Single(listing.Versions)));
    }

    [Theory]
    [InlineData($$"""{"user":"{{Fault.Canary}}"}""")]
    [InlineData($$"""{"password":["{{Fault.Canary}}"]}""")]
    [InlineData($$"""{"password":"{{Fault.Canary}}","password":"x"}""")]
    [InlineData(Fault.Canary)]
    [InlineData("")]
    public async Task A_secret_without_the_field_is_refused_by_name_and_version(string content)
    {
        var version = SetLater(content);

        var error = await FailAsync(CreateBackend("password"));

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains($"version '{version.Id}' of secret '{Name}'", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_with_its_key_is_given_as_bytes()
    {
        var pfx = RandomNumberGenerator.GetBytes(3001);
        SetLater(Convert.ToBase64String(pfx), version => version with { ContentType = "application/x-pkcs12" });

        var version = Assert.Single((await ListAsync()).Versions);

        Assert.Equal(pfx, new Credential("c", version.Id, version.Value!).RevealBytes().ToArray());
    }

    [Fact]
    public async Task A_certificate_that_is_not_base64_is_refused()
    {
        SetLater(Fault.Canary + "!", version => version with { ContentType = "application/x-pkcs12" });

        Assert.Contains("is not base64", (await FailAsync()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_content_types_are_text()
    {
        SetLater("YWJj", version => version with { ContentType = "application/octet-stream;base64" });

        Assert.Equal("YWJj", Reveal(Assert.Single((await ListAsync()).Versions)));
    }

    [Fact]
    public async Task An_empty_value_is_refused()
    {
        SetLater(string.Empty);

        Assert.Equal(BackendFailure.InvalidContent, (await FailAsync()).Failure);
    }

    [Fact]
    public async Task A_bad_newest_version_is_told_while_something_is_in_use_and_stepped_over_at_the_first_load()
    {
        var good = SetLater("""{"password":"good"}""");
        SetLater("not JSON");
        var backend = CreateBackend("password");

        Assert.Equal(BackendFailure.InvalidContent, (await FailAsync(backend, good.Id)).Failure);

        Assert.Equal("good", Reveal((await ListAsync(backend)).Versions.Single(version => version.Id == good.Id)));
    }

    [Fact]
    public async Task A_bad_version_is_stepped_over_once_there_is_a_newer_good_one()
    {
        var old = SetLater("""{"password":"old"}""");
        var bad = SetLater("not JSON");
        var good = SetLater("""{"password":"good"}""");

        Assert.Equal([(old.Id, null), (bad.Id, null), (good.Id, "good")], Values(await ListAsync(CreateBackend("password"), old.Id)));
    }
}
