using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using CustomBackend.LocalVault;

namespace Nhi.Rotation.Vault.Tests;

/// <summary>The test server, driven by <c>node-vault</c>, see <c>conformance/client.mjs</c>.</summary>
public sealed class NodeVaultTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_elses_client_works_against_the_server()
    {
        var folder = Folder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "node-vault")))
        {
            SkipUnlessInCi("node-vault is not installed: run 'npm ci' in the test project's conformance folder.");
        }

        await using var server = await LocalVaultServer.StartAsync(TimeProvider.System);
        var start = new ProcessStartInfo("node", ["client.mjs", server.Address.AbsoluteUri.TrimEnd('/'), LocalVaultServer.Token]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
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
            Assert.Equal("conformant", (await output + await errors).Trim());
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Join(Path.GetDirectoryName(here), "conformance");

    private static void SkipUnlessInCi(string reason)
    {
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
        Assert.Skip(reason);
    }
}
