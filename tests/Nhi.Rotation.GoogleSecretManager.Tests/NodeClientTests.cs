using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nhi.Rotation.GoogleSecretManager.Tests.Server;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

/// <summary>The test server, driven by Google's own client for Node.js, see <c>conformance/client.mjs</c>.</summary>
public sealed class NodeClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Googles_own_client_works_against_the_server()
    {
        var folder = Folder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@google-cloud", "secret-manager")))
        {
            SkipUnlessInCi("@google-cloud/secret-manager is not installed: run 'npm ci' in the test project's conformance folder.");
        }

        await using var server = await SecretManagerServer.StartAsync();
        var start = new ProcessStartInfo("node", ["client.mjs", "127.0.0.1", server.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), SecretManagerServer.Token]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
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
            Assert.True((await output).Trim() == "conformant", await output + await errors + string.Join('\n', server.Calls));
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Join(Path.GetDirectoryName(here), "conformance");

    private static void SkipUnlessInCi(string reason)
    {
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", reason);
        Assert.Skip(reason);
    }
}
