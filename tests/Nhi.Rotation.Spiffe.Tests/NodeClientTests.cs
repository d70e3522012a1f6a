using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using SpiffeSample.LocalAgent;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>The test agent, driven by gRPC for Node, see <c>conformance/client.mjs</c>. No SPIFFE library of another language is to be had where these tests run.</summary>
public sealed class NodeClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_elses_client_understands_the_agent()
    {
        var folder = Path.Join(Here(), "conformance");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@grpc", "grpc-js")))
        {
            Installed.SkipUnlessInCi("@grpc/grpc-js is not installed: run 'npm ci' in the test project's conformance folder.");
        }

        using var partner = new TrustDomain("partner.example");
        await using var agent = await TestAgent.StartAsync("example.org", [new("/billing", "", TestAgent.Life), new("/in", "internal", TestAgent.Life)]);
        agent.State.Federate(partner);
        var contract = Path.GetFullPath(Path.Join(Here(), "../../src/Nhi.Rotation.Spiffe/Workload/workload.proto"));
        var start = new ProcessStartInfo("node", ["client.mjs", agent.Endpoint, contract]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        Process? node = null;
        try
        {
            node = Process.Start(start);
        }
        catch (Win32Exception)
        {
            Installed.SkipUnlessInCi("node is not installed.");
        }

        using (node)
        {
            var output = node!.StandardOutput.ReadToEndAsync(Ct);
            var errors = node.StandardError.ReadToEndAsync(Ct);
            await node.WaitForExitAsync(Ct);
            Assert.Equal("conformant", (await output + await errors).Trim());
        }
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
