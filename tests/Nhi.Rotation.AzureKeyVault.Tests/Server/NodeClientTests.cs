using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>The test server, driven by the official JavaScript client (<c>@azure/keyvault-secrets</c>), see <c>conformance/client.mjs</c>.</summary>
public sealed class NodeClientTests
{
    [Fact]
    public async Task The_official_JavaScript_client_works_against_the_server()
    {
        var folder = ConformanceFolder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@azure", "keyvault-secrets")))
        {
            SkipUnlessInCi("@azure/keyvault-secrets is not installed: run 'npm ci' in the test project's conformance folder.");
        }

        await using var server = await KeyVaultServer.StartAsync();
        server.Faults.Add(VaultOperation.ListSecrets, Fault.Status(429, retryAfter: "1"), times: 1);
        var trusted = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(trusted, server.CertificatePem, TestContext.Current.CancellationToken);
            var (exitCode, output) = await RunAsync(folder, trusted, server);

            Assert.True(exitCode == 0, output);
            Assert.Equal("conformant", output.Trim());
        }
        finally
        {
            File.Delete(trusted);
        }

        Assert.Equal(2, server.Calls[VaultOperation.ListSecrets]);
        Assert.True(server.Calls[VaultOperation.Token] >= 1);
        Assert.True(server.Calls.Challenges >= 1);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string folder, string trusted, KeyVaultServer server)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "client.mjs", string.Create(CultureInfo.InvariantCulture, $"https://localhost:{server.Port}"), EntraTenant.ClientId, EntraTenant.ClientSecret },
            Environment = { ["NODE_EXTRA_CA_CERTS"] = trusted },
        };
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
            var ct = TestContext.Current.CancellationToken;
            var output = node!.StandardOutput.ReadToEndAsync(ct);
            var errors = node.StandardError.ReadToEndAsync(ct);
            await node.WaitForExitAsync(ct);
            return (node.ExitCode, await output + await errors);
        }
    }

    private static void SkipUnlessInCi(string reason)
    {
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
        Assert.Skip(reason);
    }

    private static string ConformanceFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Nhi.Rotation.sln")))
            {
                return Path.Combine(folder.FullName, "tests", "Nhi.Rotation.AzureKeyVault.Tests", "conformance");
            }
        }

        throw new DirectoryNotFoundException("The tests run outside of the repository.");
    }
}
