using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using CustomBackend.LocalVault;
using DynamicDatabase.LocalVault;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>The test servers, driven by <c>node-vault</c>, see the folder <c>conformance</c>.</summary>
public sealed class NodeVaultTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_elses_client_works_against_the_server()
    {
        await using var server = await LocalVaultServer.StartAsync(TimeProvider.System);
        await DriveAsync("client.mjs", server.Address, LocalVaultServer.Token);
    }

    [Fact]
    public async Task Somebody_elses_client_works_against_the_server_of_leases()
    {
        var dropped = 0;
        var engine = new LeaseEngine(
            TimeProvider.System,
            static role => Task.FromResult(role switch
            {
                "app" => new JsonObject { ["username"] = "v-app-1", ["password"] = "one" },
                "iam-user" => new JsonObject { ["access_key"] = "AKID1", ["secret_key"] = "secret/1", ["security_token"] = null },
                "assumed-role" => new JsonObject { ["access_key"] = "AKID1", ["secret_key"] = "secret/1", ["security_token"] = "session-1", ["arn"] = "arn:aws:sts::123456789012:assumed-role/deploy/vault-test" },
                _ => null,
            }),
            _ => Task.FromResult(++dropped))
        { LongestLife = TimeSpan.FromMinutes(90) };
        await using var vault = await LeasingVault.StartAsync(engine);

        await DriveAsync("leases.mjs", vault.Address, LeasingVault.Token);

        Assert.Equal(2, dropped);
    }

    [Fact]
    public async Task Somebody_elses_client_works_against_the_server_of_logins()
    {
        await using var vault = await LoginVault.StartAsync(TimeProvider.System);

        await DriveAsync("logins.mjs", vault.Address, "");

        Assert.Single(vault.Tokens);
    }

    private static async Task DriveAsync(string script, Uri address, string token)
    {
        var folder = Folder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "node-vault")))
        {
            SkipUnlessInCi("node-vault is not installed: run 'npm ci' in the test project's conformance folder.");
        }

        var start = new ProcessStartInfo("node", [script, address.AbsoluteUri.TrimEnd('/'), token]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? node = null;
        try
        {
            node = Process.Start(start);
        }
        catch (Win32Exception)
        {
            SkipUnlessInCi("node is not installed.");
        }

        using (node)
        {
            var output = node!.StandardOutput.ReadToEndAsync(Ct);
            var errors = node.StandardError.ReadToEndAsync(Ct);
            await node.WaitForExitAsync(Ct);
            var said = (await output + await errors).Trim();
            Assert.True(said == "conformant", said);
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Join(Path.GetDirectoryName(here), "conformance");

    private static void SkipUnlessInCi(string reason)
    {
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
        Assert.Skip(reason);
    }
}
