using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Backends.Configuration;
using Nhi.Rotation.Testing;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Tests.Backends.Configuration;

/// <summary>Values of the app's configuration as credentials.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("configuration-").FullName, "secrets.json");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Rules => [.. BackendConformance.Rules.Select(static rule => rule.Id)];

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task It_keeps_the_rules(string ruleId) => (await BackendConformance.CheckAsync(ruleId, new ConfigurationFixture(), Ct)).ThrowIfFailed();

    [Fact]
    public async Task A_reload_of_a_file_of_secrets_is_a_rotation_and_the_old_value_stays_for_its_overlap()
    {
        File.WriteAllText(_file, """{ "Partner": { "ApiKey": "first-value" } }""");
        await using var services = Services(new ConfigurationBuilder().AddJsonFile(_file, optional: false, reloadOnChange: true).Build());
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
        Assert.Equal("first-value", (await provider.GetCurrentAsync(Ct)).Reveal());

        File.WriteAllText(_file + ".next", """{ "Partner": { "ApiKey": "second-value" } }""");
        File.Move(_file + ".next", _file, overwrite: true);

        await Eventually.TrueAsync(() => provider.Current.Reveal() == "second-value");
        Assert.Equal("first-value", Assert.Single(provider.Credentials.Previous).Reveal());
    }

    [Fact]
    public async Task A_value_that_is_gone_after_a_reload_leaves_the_last_one_in_use()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Partner:ApiKey", "first-value")]).Build();
        await using var services = Services(configuration);
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
        await provider.GetCurrentAsync(Ct);

        configuration["Partner:ApiKey"] = null;
        configuration.Reload();

        var error = await Assert.ThrowsAsync<BackendException>(async () => await provider.RefreshAsync(RefreshReason.Requested, Ct));
        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Equal("Credential 'partner': the configuration has no value 'Partner:ApiKey'. Set it: dotnet user-secrets set \"Partner:ApiKey\" at a desk, the environment variable Partner__ApiKey, or a provider of your own.", error.Message);
        Assert.Equal("first-value", provider.Current.Reveal());
    }

    [Fact]
    public async Task A_section_an_empty_value_and_no_configuration_are_told_apart()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Partner:ApiKey", "x"), new("Empty", "")]).Build();
        Assert.Equal(BackendFailure.InvalidContent, await FailureAsync(configuration, "Partner"));
        Assert.Equal(BackendFailure.InvalidContent, await FailureAsync(configuration, "Empty"));
        Assert.Equal(BackendFailure.NotFound, await FailureAsync(configuration, "Missing"));
        Assert.Equal(BackendFailure.Misconfigured, await FailureAsync(configuration: null, "Partner:ApiKey"));
    }

    [Fact]
    public async Task With_one_key_all_processes_call_a_version_alike()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Partner:ApiKey", "first-value")]).Build();
        var key = new byte[16];
        string[] ids = [await IdAsync(key), await IdAsync(key), await IdAsync([.. Enumerable.Repeat((byte)7, 16)])];
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);

        async Task<string> IdAsync(byte[] with) => (await new ConfigurationCredentialBackend(configuration, with).ListAsync(new BackendRequest("partner", "Partner:ApiKey"), Ct)).Versions[0].Id;
    }

    [Fact]
    public void A_key_that_is_too_short_is_refused() => Assert.Throws<ArgumentException>(() => new ServiceCollection().AddRotatingCredentials()
        .AddCredential("partner", static credential => credential.FromConfiguration("Partner:ApiKey", static options => options.FingerprintKey = new byte[15])));

    private static async Task<BackendFailure> FailureAsync(IConfiguration? configuration, string key) =>
        (await Assert.ThrowsAsync<BackendException>(async () => await new ConfigurationCredentialBackend(configuration, fingerprintKey: null).ListAsync(new BackendRequest("partner", key), Ct))).Failure;

    private static ServiceProvider Services(IConfiguration configuration)
    {
        var services = new ServiceCollection().AddSingleton(configuration);
        services.AddRotatingCredentials().AddCredential("partner", static credential => credential.FromConfiguration("Partner:ApiKey"));
        return services.BuildServiceProvider();
    }
}
