using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.TestSupport;
using Nhi.Rotation.Vault.Static;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>One user whose password Vault changes: asked when it says so, and at once when the password is refused. Configuration names all of it.</summary>
public sealed class StaticRoleTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly string _tokenFile = Path.GetTempFileName();
    private LoginVault _vault = null!;

    public async ValueTask InitializeAsync()
    {
        _vault = await LoginVault.StartAsync(_time);
        await File.WriteAllTextAsync(_tokenFile, "account-token-1", Ct);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_tokenFile);
        await _vault.DisposeAsync();
    }

    [Fact]
    public async Task Vault_is_asked_when_it_has_rotated_and_the_old_password_is_out_at_once()
    {
        _vault.Period = TimeSpan.FromMinutes(20);
        await using var app = App();
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db");
        var first = UsernamePassword.Parse(await provider.GetCurrentAsync(Ct));
        Assert.Equal(("app", "password-1"), (first.Username, first.Password));
        Assert.DoesNotContain("ttl", provider.Current.Reveal(), StringComparison.Ordinal);

        // Half a second before the time that it will be asked nothing happens.
        _time.Advance(TimeSpan.FromSeconds(1200.5));
        _vault.Rotate("password-2");
        var asked = _vault.Asked.Count;
        Assert.Equal("password-1", UsernamePassword.Parse(provider.Current).Password);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return UsernamePassword.Parse(provider.Current).Password == "password-2";
        });

        Assert.True(_vault.Asked.Count > asked);
        Assert.Equal(["password-2"], provider.Credentials.Presentable.Select(static version => UsernamePassword.Parse(version).Password));
    }

    [Fact]
    public async Task A_refusal_finds_the_new_password_at_once()
    {
        await using var app = App();
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db");
        await provider.GetCurrentAsync(Ct);
        _time.Advance(TimeSpan.FromSeconds(1));
        _vault.Rotate("password-2");

        provider.Report(provider.Current, CredentialOutcome.Rejected);

        await Eventually.TrueAsync(() => UsernamePassword.Parse(provider.Current).Password == "password-2");
    }

    [Fact]
    public async Task A_refusal_of_what_Vault_still_tells_has_it_asked_again_a_second_later_and_not_after_the_interval()
    {
        await using var app = App();
        var provider = app.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db");
        await provider.GetCurrentAsync(Ct);
        var asked = _vault.Asked.Count(static path => path == "database/static-creds/app");

        // The password is changed at the other side, and Vault has not written it down yet.
        provider.Report(provider.Current, CredentialOutcome.Rejected);
        await Eventually.TrueAsync(() => _vault.Asked.Count(static path => path == "database/static-creds/app") == asked + 1);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _vault.Rotate("password-2");

        var waited = TimeSpan.Zero;
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            waited += TimeSpan.FromMilliseconds(100);
            return UsernamePassword.Parse(provider.Current).Password == "password-2";
        });
        Assert.True(waited < TimeSpan.FromSeconds(9), $"{waited}");
    }

    [Fact]
    public async Task The_password_before_that_LDAPs_engine_tells_is_no_part_of_the_value()
    {
        await using var app = App("ldap/static-cred/app");

        var value = await app.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db").GetCurrentAsync(Ct);

        Assert.Equal("""{"dn":"cn=app,ou=users,dc=example,dc=com","password":"password-1","username":"app"}""", value.Reveal());
        Assert.Equal(("app", "password-1"), (UsernamePassword.Parse(value).Username, UsernamePassword.Parse(value).Password));
    }

    [Fact]
    public async Task What_is_no_static_role_is_said_to_be_none()
    {
        await using var app = App("database/creds/app");
        var error = await Assert.ThrowsAsync<BackendException>(async () => await app.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-db").RefreshAsync(RefreshReason.Requested, Ct));

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains("FromVaultLease", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 0, 101)]
    [InlineData(0, 1, 1)]
    [InlineData(0, 2, 2)]
    [InlineData(-5, 5, 16)]
    [InlineData(0, 1000, 60)]
    [InlineData(100_000_000, 0, 2_592_000)]
    public void It_is_asked_a_second_after_its_time_and_ever_less_often_while_Vault_is_late(int left, int late, int wait) =>
        Assert.Equal(TimeSpan.FromSeconds(wait), RotationSchedule.Wait(TimeSpan.FromSeconds(left), late));

    [Theory]
    [InlineData("Vault:Path=app Vault:Mount=kv Vault:KvVersion=1 Vault:Field=value", "the-value")]
    [InlineData("VaultLease:Path=database/creds/app VaultLease:Field=password", "one")]
    [InlineData("VaultStaticRole:Path=database/static-creds/app VaultStaticRole:Field=password", "password-1")]
    public async Task Configuration_names_what_is_in_Vault(string keys, string value)
    {
        var section = keys.Split(':')[0];
        await using var app = FromConfiguration($"{keys} {section}:Address={_vault.Address} {section}:Login:Method=Kubernetes {section}:Login:Role=app {section}:Login:TokenFile={_tokenFile}");

        Assert.Equal(value, (await app.GetRequiredKeyedService<IRotatingCredentialProvider>("partner").GetCurrentAsync(Ct)).Reveal());
    }

    [Theory]
    [InlineData("Vault:Path=app Vault:Fields=value", "Fields")]
    [InlineData("Vault:Field=value", "path")]
    [InlineData("Vault:Path=app Vault:KvVersion=two", "KvVersion")]
    [InlineData("Vault:Path=app Vault:Address=vault", "Address")]
    [InlineData("VaultLease:Path=a/b VaultLease:Login:Method=Token", "Method")]
    [InlineData("VaultLease:Path=a/b VaultLease:Login:Method=AppRole VaultLease:Login:RoleId=r", "SecretIdCredential")]
    [InlineData("VaultStaticRole:Path=a/b VaultStaticRole:Login:Rolle=r", "Rolle")]
    public async Task A_mistake_in_configuration_stops_the_start_and_names_its_key(string keys, string named)
    {
        await using var app = FromConfiguration(keys.Contains(":Address", StringComparison.Ordinal) ? keys : $"{keys} {keys.Split(':')[0]}:Address=https://vault.test");

        var error = Assert.Throws<OptionsValidationException>(() => app.GetRequiredKeyedService<IRotatingCredentialProvider>("partner"));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider FromConfiguration(string keys)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(keys.Split(' ').Select(static pair => KeyValuePair.Create("Credentials:partner:" + pair[..pair.IndexOf('=', StringComparison.Ordinal)], (string?)pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..])))
            .Build();
        var services = new ServiceCollection();
        services.AddRotatingCredentials(configuration.GetSection("Credentials")).AddVault();
        return services.BuildServiceProvider();
    }

    private ServiceProvider App(string path = "database/static-creds/app")
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddRotatingCredentials().AddCredential("orders-db", credential => credential
            .FromVaultStaticRole(path, vault =>
            {
                vault.Address = _vault.Address;
                vault.Login = VaultLogin.Kubernetes("app", _tokenFile);
            })
            .Configure(static options => options.RefreshInterval = TimeSpan.FromDays(1)));
        return services.BuildServiceProvider();
    }
}
