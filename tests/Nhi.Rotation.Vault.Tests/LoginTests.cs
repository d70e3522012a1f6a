using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;
using Nhi.Rotation.Vault.Client;
using Nhi.Rotation.Vault.Kv;
using Nhi.Rotation.Vault.Leasing;
using Nhi.Rotation.Vault.Logins;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>The application logs in by itself: its token is renewed, replaced, and never taken for another's.</summary>
public sealed class LoginTests : IAsyncLifetime
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero));
    private readonly string _tokenFile = Path.GetTempFileName();
    private readonly FakeCredentialProvider _secretId = new("vault-secret-id");
    private LoginVault _vault = null!;

    public async ValueTask InitializeAsync() => _vault = await LoginVault.StartAsync(_time);

    public async ValueTask DisposeAsync()
    {
        File.Delete(_tokenFile);
        await _vault.DisposeAsync();
    }

    [Fact]
    public async Task A_service_account_logs_in_with_the_token_that_its_file_has_then()
    {
        await File.WriteAllTextAsync(_tokenFile, "account-token-0", Ct);
        var backend = Backend(new FileLogin(VaultLogin.Kubernetes("app", _tokenFile).Terms));
        var refused = await Assert.ThrowsAsync<BackendException>(() => ListAsync(backend));
        await File.WriteAllTextAsync(_tokenFile, "account-token-1\n", Ct);

        Assert.Single((await ListAsync(backend)).Versions);
        Assert.Equal(BackendFailure.AccessDenied, refused.Failure);
        Assert.Contains("auth/kubernetes", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("account-token", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_id_is_a_credential_whose_versions_are_tried_and_reported()
    {
        _secretId.RotateTo("secret-id-1");
        _secretId.RotateTo("secret-id-2");
        var backend = Backend(new CredentialLogin(VaultLogin.AppRole("role-1", "vault-secret-id").Terms, () => _secretId));

        Assert.Single((await ListAsync(backend)).Versions);

        Assert.Equal([CredentialOutcome.Rejected, CredentialOutcome.Accepted], _secretId.Reports.Select(static report => report.Outcome));
        Assert.Equal(["auth/approle/login", "auth/approle/login", "kv/app"], _vault.Asked);
    }

    [Fact]
    public async Task A_JWT_that_Vault_refuses_in_every_version_is_an_error_that_names_role_and_credential()
    {
        _secretId.RotateTo("jwt-0");
        var backend = Backend(new CredentialLogin(VaultLogin.Jwt("app", "vault-secret-id").Terms, () => _secretId));

        var refused = await Assert.ThrowsAsync<BackendException>(() => ListAsync(backend));

        Assert.Equal(("app-key", BackendFailure.AccessDenied), (refused.CredentialName, refused.Failure));
        Assert.Contains("'app'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'vault-secret-id'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("jwt-0", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_is_renewed_after_two_thirds_of_its_time_and_replaced_when_its_maximum_comes_near()
    {
        var backend = Backend(AppRole());
        await ListAsync(backend);
        _time.Advance(TimeSpan.FromMinutes(39));
        await ListAsync(backend);
        _time.Advance(TimeSpan.FromMinutes(2));
        await ListAsync(backend);
        Assert.Equal(["auth/approle/login", "kv/app", "kv/app", "auth/token/renew-self", "kv/app"], _vault.Asked);

        _vault.Asked.Clear();
        _vault.LongestLife = TimeSpan.FromMinutes(90);
        _time.Advance(TimeSpan.FromMinutes(41));
        await ListAsync(backend);

        Assert.Equal(["auth/token/renew-self", "auth/approle/login", "kv/app"], _vault.Asked);
        Assert.Equal(2, _vault.Tokens.Count);
    }

    [Fact]
    public async Task A_token_that_cannot_be_renewed_now_is_used_to_its_end()
    {
        var backend = Backend(AppRole());
        await ListAsync(backend);
        _vault.Denies = static path => path == "auth/token/renew-self";
        _vault.Accepted["approle"] = "another";
        _time.Advance(TimeSpan.FromMinutes(50));

        Assert.Single((await ListAsync(backend)).Versions);
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(BackendFailure.AccessDenied, (await Assert.ThrowsAsync<BackendException>(() => ListAsync(backend))).Failure);
    }

    [Fact]
    public async Task A_token_that_was_revoked_is_replaced_and_the_call_repeated()
    {
        var backend = Backend(AppRole());
        await ListAsync(backend);
        _vault.RevokeTokens();
        _vault.Asked.Clear();

        Assert.Single((await ListAsync(backend)).Versions);

        Assert.Equal(["kv/app", "auth/token/lookup-self", "auth/approle/login", "kv/app"], _vault.Asked);
    }

    [Fact]
    public async Task A_node_that_does_not_know_the_token_yet_says_so_and_a_cluster_that_was_set_back_is_not_asked_for_the_login_for_ever()
    {
        _vault.Index = "v1:index-7";
        var backend = Backend(AppRole());
        await ListAsync(backend);
        _vault.IsBehind = true;

        var behind = await Assert.ThrowsAsync<BackendException>(() => ListAsync(backend));
        Assert.Single((await ListAsync(backend)).Versions);

        Assert.True(behind.IsTransient);
        Assert.Equal(["auth/approle/login", "kv/app", "kv/app", "kv/app"], _vault.Asked);
        Assert.Equal([null, "v1:index-7", "v1:index-7", null], _vault.Indices);
    }

    [Fact]
    public async Task What_the_policy_denies_is_denied_and_nobody_logs_in_again_for_it()
    {
        var backend = Backend(AppRole());
        _vault.Denies = static path => path == "kv/app";

        var denied = await Assert.ThrowsAsync<BackendException>(() => ListAsync(backend));

        Assert.Contains("'read' on 'kv/app'", denied.Message, StringComparison.Ordinal);
        Assert.Equal(["auth/approle/login", "kv/app", "auth/token/lookup-self"], _vault.Asked);
    }

    [Fact]
    public async Task A_lease_ends_with_its_token_and_is_replaced_when_the_token_is()
    {
        var tokens = new LoginTokens(Wire(), AppRole());
        var backend = new LeaseBackend(new LeaseClient(new VaultHttp(Wire(), tokens, Settings()), null, new Dictionary<string, string>(), _time), _time);
        var request = new BackendRequest("app-key", "database/creds/app");
        var first = Assert.Single((await backend.ListAsync(request, Ct)).Versions);
        Assert.Equal(_time.GetUtcNow().AddHours(1), first.ExpiresOn);

        _vault.Denies = static path => path == "auth/token/renew-self";
        _time.Advance(TimeSpan.FromMinutes(41));
        var both = (await backend.ListAsync(request, Ct)).Versions;

        Assert.Equal(2, both.Count);
        Assert.Equal((first.Id, first.ExpiresOn), (both[0].Id, both[0].ExpiresOn));
        Assert.Equal(_time.GetUtcNow().AddHours(1), both[1].ExpiresOn);
    }

    [Fact]
    public async Task Credentials_with_one_login_share_a_token_and_two_namespaces_do_not_and_all_are_revoked_at_the_end()
    {
        await File.WriteAllTextAsync(_tokenFile, "account-token-1", Ct);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddRotatingCredentials()
            .AddCredential("one", Declare(space: null))
            .AddCredential("two", Declare(space: null))
            .AddCredential("three", Declare(space: "team-a"));
        await using (var provider = services.BuildServiceProvider())
        {
            foreach (var name in (string[])["one", "two", "three"])
            {
                Assert.Equal("the-value", (await provider.GetRequiredKeyedService<IRotatingCredentialProvider>(name).GetCurrentAsync(Ct)).Reveal());
            }

            Assert.Equal(2, _vault.Tokens.Count);
            Assert.Contains("team-a", _vault.Namespaces);
        }

        Assert.Empty(_vault.Tokens);
    }

    [Fact]
    public async Task A_secret_id_that_was_handed_over_wrapped_is_opened_once_and_serves_for_the_next_login_too()
    {
        var wrapping = _vault.Wrap(new JsonObject { ["data"] = new JsonObject { ["secret_id"] = "secret-id-1", ["secret_id_accessor"] = "accessor" } });
        _secretId.RotateTo(wrapping);
        var backend = Backend(new CredentialLogin(VaultLogin.WrappedAppRole("role-1", "vault-secret-id").Terms, () => _secretId));
        await ListAsync(backend);
        _vault.RevokeTokens();
        await ListAsync(backend);
        Assert.Single(_vault.Asked, "sys/wrapping/unwrap");

        var late = Backend(new CredentialLogin(VaultLogin.WrappedAppRole("role-1", "vault-secret-id").Terms, () => _secretId));
        var error = await Assert.ThrowsAsync<BackendException>(() => ListAsync(late));

        Assert.Contains("somebody else did", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(wrapping, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrapped_answer_is_opened_and_one_that_somebody_else_opened_or_that_is_another_is_refused()
    {
        var settings = Settings() with { WrapFor = TimeSpan.FromMinutes(1) };
        var wire = new VaultWire(static () => new HttpClient(), settings, _time);
        var backend = new KvOneBackend(new VaultHttp(wire, new LoginTokens(wire, AppRole()), settings), settings);
        Assert.Equal("the-value", new Credential("app-key", "1", (await ListAsync(backend)).Versions[0].Value!).Reveal());
        Assert.Equal(["auth/approle/login", "kv/app", "sys/wrapping/unwrap"], _vault.Asked);

        _vault.WrongPath = "kv/other";
        var other = await Assert.ThrowsAsync<BackendException>(() => ListAsync(backend));
        _vault.WrongPath = null;
        var spy = new KvOneBackend(new VaultHttp(new VaultWire(() => new HttpClient(new Spy(_vault), disposeHandler: true), settings, _time), new LoginTokens(wire, AppRole()), settings), settings);
        var opened = await Assert.ThrowsAsync<BackendException>(() => ListAsync(spy));

        Assert.Equal(BackendFailure.InvalidContent, other.Failure);
        Assert.Equal(BackendFailure.AccessDenied, opened.Failure);
        Assert.Contains("somebody else has opened it", opened.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_logs_in_over_a_connection_that_presents_it()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=app", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
        await using var vault = await LoginVault.StartAsync(_time, certificate);
        vault.ClientName = "app";
        var settings = Settings() with { Address = new VaultAddress(vault.Address, "Address", IsGiven: true), Tls = VaultTls.Read(static name => name == "VAULT_SKIP_VERIFY" ? "true" : null) };
        var certificates = new FakeCredentialProvider("vault-client");
        var login = new CertificateLogin(VaultLogin.Certificate("vault-client").Terms, settings, () => certificates);
        using var transport = VaultWire.NewTransport(settings.Tls);
        var wire = new VaultWire(() => new HttpClient(transport, disposeHandler: false), settings, _time);
        var backend = new KvOneBackend(new VaultHttp(wire, new LoginTokens(wire, login), settings), settings);

        certificates.RotateTo("no certificate");
        var mistake = await Assert.ThrowsAsync<BackendException>(() => ListAsync(backend));
        certificates.RotateTo(certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        Assert.Single((await ListAsync(backend)).Versions);
        vault.ClientName = "another";
        vault.RevokeTokens();
        var refused = await Assert.ThrowsAsync<BackendException>(() => ListAsync(backend));

        Assert.Equal(BackendFailure.Misconfigured, mistake.Failure);
        Assert.Equal((BackendFailure.AccessDenied, true), (refused.Failure, refused.Message.Contains("auth/cert", StringComparison.Ordinal)));
        Assert.Equal([CredentialOutcome.Accepted, CredentialOutcome.Rejected], certificates.Reports.Select(static report => report.Outcome));
    }

    [Fact]
    public void A_login_that_cannot_work_says_so_at_once()
    {
        var both = Assert.Throws<ArgumentException>(() => Add(vault =>
        {
            vault.Login = VaultLogin.Kubernetes("app");
            vault.TokenFile = "/tmp/token";
        }));
        var itself = Assert.Throws<ArgumentException>(() => Add(static vault => vault.Login = VaultLogin.AppRole("role-1", "one")));

        Assert.Contains("Login and TokenFile", both.Message, StringComparison.Ordinal);
        Assert.Contains("logs in with", itself.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(static () => VaultLogin.Jwt("app", " "));

        void Add(Action<VaultOptions> configure) => new ServiceCollection().AddRotatingCredentials().AddCredential("one", credential => credential.FromVault("app", vault =>
        {
            vault.Address = _vault.Address;
            configure(vault);
        }));
    }

    private Action<CredentialBuilder> Declare(string? space) => credential => credential.FromVault("app", vault =>
    {
        vault.Address = _vault.Address;
        vault.Namespace = space;
        vault.Mount = "kv";
        vault.KvVersion = 1;
        vault.Field = "value";
        vault.Login = VaultLogin.Kubernetes("app", _tokenFile);
    });

    private CredentialLogin AppRole()
    {
        _secretId.RotateTo("secret-id-1");
        return new CredentialLogin(VaultLogin.AppRole("role-1", "vault-secret-id").Terms, () => _secretId);
    }

    private VaultSettings Settings() => new(new VaultAddress(_vault.Address, "Address", IsGiven: true), null, null) { Mount = "kv", KvVersion = 1, Field = "value" };

    private VaultWire Wire() => new(static () => new HttpClient(), Settings(), _time);

    private KvOneBackend Backend(ILogin login)
    {
        var settings = Settings();
        return new KvOneBackend(new VaultHttp(Wire(), new LoginTokens(Wire(), login), settings), settings);
    }

    private static async Task<BackendListing> ListAsync(ICredentialBackend backend) => await backend.ListAsync(new BackendRequest("app-key", "app"), Ct);

    /// <summary>Sees what is wrapped go by, and opens it before the application does.</summary>
    private sealed class Spy(LoginVault vault) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("unwrap", StringComparison.Ordinal))
            {
                vault.OpenAll();
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
