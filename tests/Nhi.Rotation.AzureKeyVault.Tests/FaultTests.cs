using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Nhi.Rotation.AzureKeyVault.Tests.Server;

namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>Every way in which the vault can fail: the right kind, a named cause, a fix, and nothing of what the vault said.</summary>
public sealed class FaultTests : VaultTest
{
    public static TheoryData<string, BackendFailure, string> Answers => new()
    {
        { "400", BackendFailure.Misconfigured, "does not understand the request" },
        { "403", BackendFailure.AccessDenied, "may not read the secret" },
        { "403 ForbiddenByRbac", BackendFailure.AccessDenied, "has no role that reads secrets" },
        { "403 ForbiddenByPolicy", BackendFailure.AccessDenied, "access policies" },
        { "403 ForbiddenByFirewall", BackendFailure.AccessDenied, "firewall" },
        { "403 ForbiddenByConnection", BackendFailure.AccessDenied, "private endpoints" },
        { "409", BackendFailure.Unavailable, "being deleted or recovered" },
        { "418", BackendFailure.Misconfigured, "which Key Vault does not use" },
        { "429", BackendFailure.Throttled, "asks for fewer calls" },
        { "408", BackendFailure.Unavailable, "failed (408)" },
        { "500", BackendFailure.Unavailable, "failed (500)" },
        { "502", BackendFailure.Unavailable, "failed (502)" },
        { "503", BackendFailure.Unavailable, "failed (503)" },
        { "504", BackendFailure.Unavailable, "failed (504)" },
        { "malformed JSON", BackendFailure.InvalidContent, "is not what Key Vault answers" },
        { "wrong shape", BackendFailure.InvalidContent, "is not what Key Vault answers" },
        { "HTML page", BackendFailure.InvalidContent, "is not what Key Vault answers" },
        { "truncated body", BackendFailure.Unavailable, "cut its answer off" },
        { "reset body", BackendFailure.Unavailable, "the connection to" },
        { "reset", BackendFailure.Unavailable, "the connection to" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_bad_answer_to_the_list_is_named(string fault, BackendFailure failure, string cause)
    {
        SetLater(Fault.Canary);
        Server.Faults.Add(VaultOperation.ListVersions, Make(fault));

        var error = await FailAsync();

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Equal(1, Server.Calls[VaultOperation.ListVersions]);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_bad_answer_to_the_get_of_the_newest_version_is_named(string fault, BackendFailure failure, string cause)
    {
        SetLater(Fault.Canary);
        Server.Faults.Add(VaultOperation.GetSecret, Make(fault));

        var error = await FailAsync();

        Assert.Equal(failure, error.Failure);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Equal(1, Server.Calls[VaultOperation.GetSecret]);
    }

    [Fact]
    public async Task A_secret_that_never_was_is_not_found()
    {
        var error = await FailAsync();

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains($"vault {Server.VaultUri.Host} has no secret '{Name}'", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_secret_is_not_found_even_if_its_versions_are_known_and_comes_back_with_its_recovery()
    {
        var version = SetLater("v");
        Store.Delete(Name);

        var error = await FailAsync(version.Id);
        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("az keyvault secret recover", error.Fix, StringComparison.Ordinal);

        Store.Recover(Name);
        Assert.Equal(version.Id, Assert.Single((await ListAsync(version.Id)).Versions).Id);
    }

    [Fact]
    public async Task A_404_to_the_list_is_not_found_too()
    {
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(404));

        Assert.Equal(BackendFailure.NotFound, (await FailAsync()).Failure);
    }

    [Fact]
    public async Task A_secret_with_disabled_versions_only_is_not_found_with_another_fix()
    {
        var version = SetLater("v");
        Store.Disable(Name, version.Id);

        var error = await FailAsync();

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("none of the 1 versions", error.Cause, StringComparison.Ordinal);
        Assert.Contains("Enable a version", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retry_After_in_seconds_is_passed_on()
    {
        SetLater("v");
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(429, retryAfter: "60"));

        Assert.Equal(TimeSpan.FromSeconds(60), (await FailAsync()).RetryAfter);
    }

    [Fact]
    public async Task Retry_After_as_a_date_is_passed_on_as_the_time_until_then()
    {
        SetLater("v");
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(503, retryAfter: Store.Now.AddMinutes(2).ToString("r", CultureInfo.InvariantCulture)));

        Assert.InRange((await FailAsync()).RetryAfter!.Value, TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(120));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("soon")]
    [InlineData("-5")]
    public async Task A_missing_or_senseless_Retry_After_is_none(string? header)
    {
        SetLater("v");
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(429, retryAfter: header));

        Assert.Null((await FailAsync()).RetryAfter);
    }

    [Fact]
    public async Task A_Retry_After_in_the_past_is_no_wait()
    {
        SetLater("v");
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(429, retryAfter: Store.Now.AddMinutes(-2).ToString("r", CultureInfo.InvariantCulture)));

        Assert.Equal(TimeSpan.Zero, (await FailAsync()).RetryAfter);
    }

    [Fact]
    public async Task A_failure_on_a_later_page_fails_the_listing_instead_of_shortening_it()
    {
        for (var i = 0; i < 60; i++)
        {
            SetLater($"value {i}");
        }

        Server.Faults.Add(VaultOperation.ListVersions, Fault.Before(_ => { }), times: 2);
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(503));

        Assert.Equal(BackendFailure.Unavailable, (await FailAsync()).Failure);
        Assert.Equal(3, Server.Calls.Vault);
    }

    [Fact]
    public async Task A_slow_body_ends_with_the_attempts_time()
    {
        SetLater("v");
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Faults.Add(VaultOperation.ListVersions, new Fault(context =>
        {
            context.Response.OnStarting(() =>
            {
                started.SetResult();
                return Task.CompletedTask;
            });
            return Fault.EndlessBody.Apply(context);
        }));
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var listing = Backend.ListAsync(Request(), attempt.Token).AsTask();
        await started.Task.WaitAsync(Ct);
        await attempt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    [Fact]
    public async Task The_network_timeout_of_the_client_is_a_transient_failure()
    {
        SetLater("v");
        Server.Faults.Add(VaultOperation.ListVersions, Fault.NoAnswer);
        var options = new SecretClientOptions { Transport = Server.CreateTransport() };
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = TimeSpan.FromMilliseconds(200);
        var backend = new AzureKeyVaultBackend(new SecretClient(Server.VaultUri, new TenantCredential(Server.Tenant), options), timeProvider: Time);

        var error = await FailAsync(backend);

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("network timeout", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_a_TLS_failure()
    {
        SetLater("v");
        Server.BreaksTls = true;

        var error = await FailAsync();

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("no TLS connection", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_region_that_is_gone_does_not_accept_connections()
    {
        int closed;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            closed = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var error = await FailAsync(CreateBackend(transport: Server.CreateTransport(closed)));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("does not accept connections", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_whose_name_does_not_resolve_is_named()
    {
        // .invalid never resolves (RFC 6761).
        var error = await FailAsync(CreateBackend(transport: new HttpClientTransport(), vault: new Uri("https://no-such-vault.invalid")));

        Assert.Equal(BackendFailure.Unavailable, error.Failure);
        Assert.Contains("the name no-such-vault.invalid cannot be resolved", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_another_services_is_misconfigured()
    {
        Server.ChallengeResource = "https://elsewhere.example";

        var error = await FailAsync();

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains("another service", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_of_another_tenant_is_denied_with_the_tenant_as_the_fix()
    {
        SetLater("v");

        var error = await FailAsync(CreateBackend(credential: new TenantCredential(new EntraTenant(Time))));

        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains("tenant", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_identity_that_loses_its_role_is_denied_and_served_again_when_it_gets_it_back()
    {
        SetLater("v");
        Server.Denial = "ForbiddenByRbac";
        Assert.Contains("Key Vault Secrets User", (await FailAsync()).Fix, StringComparison.Ordinal);

        Server.Denial = null;
        Assert.Single((await ListAsync()).Versions);
    }

    [Fact]
    public async Task A_client_with_retries_of_its_own_fails_with_the_last_of_its_errors()
    {
        SetLater("v");
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Reset);
        var options = new SecretClientOptions { Transport = Server.CreateTransport() };
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
        var backend = new AzureKeyVaultBackend(new SecretClient(Server.VaultUri, new TenantCredential(Server.Tenant), options), timeProvider: Time);

        Assert.Equal(BackendFailure.Unavailable, (await FailAsync(backend)).Failure);
        Assert.Equal(2, Server.Calls[VaultOperation.ListVersions]);
    }

    [Fact]
    public async Task A_client_with_the_SDKs_own_retries_sleeps_through_a_Retry_After()
    {
        // Why the package's own clients have no retries: the engine would learn of the throttling only when its patience is up, and not for how long.
        SetLater("v");
        Server.Faults.Add(VaultOperation.ListVersions, Fault.Status(429, retryAfter: "60"));
        var options = new SecretClientOptions { Transport = Server.CreateTransport() };
        var backend = new AzureKeyVaultBackend(new SecretClient(Server.VaultUri, new TenantCredential(Server.Tenant), options), timeProvider: Time);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var listing = backend.ListAsync(Request(), attempt.Token).AsTask();
        await FakeTimeExtensions.UntilAsync(() => Server.Calls.Vault == 1);
        attempt.CancelAfter(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
        Assert.Equal(1, Server.Calls.Vault);
    }

    private static Fault Make(string name) => name.Split(' ') switch
    {
        ["malformed", _] => Fault.MalformedJson,
        ["wrong", _] => Fault.WrongShape,
        ["HTML", _] => Fault.HtmlPage,
        ["truncated", _] => Fault.TruncatedBody,
        ["reset", _] => Fault.ResetBody,
        ["reset"] => Fault.Reset,
        [var status, var inner] => Fault.Status(int.Parse(status, CultureInfo.InvariantCulture), inner),
        [var status] => Fault.Status(int.Parse(status, CultureInfo.InvariantCulture)),
        _ => throw new ArgumentException(name),
    };
}
