using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

/// <summary>The vendors' own libraries (<c>@octokit/webhooks-methods</c>, <c>stripe</c>, <c>standardwebhooks</c>) sign for us and verify what we sign, see <c>conformance/client.mjs</c>.</summary>
public sealed class NodeTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_vendors_libraries_agree_with_ours_in_both_directions()
    {
        var folder = Folder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "standardwebhooks")))
        {
            Installed.SkipUnlessInCi("the vendors' libraries are not installed: run 'npm ci' in the test project's conformance folder.");
        }

        const string Raw = "a secret that is used as it is";
        var standard = Signed.Secret("Standard Webhooks", 1);
        await using var app = await NodeApp.StartAsync(Raw, standard);
        var messages = new List<Sent>();
        foreach (var preset in new[] { "GitHub", "Stripe", "Standard Webhooks" })
        {
            messages.Add(await app.SignAsync(preset));
        }

        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "client.mjs", app.Address, Raw, standard, JsonSerializer.Serialize(messages, JsonSerializerOptions.Web) },
        };
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
            Assert.True(node.ExitCode == 0, await output + await errors);
            Assert.Equal("conformant", (await output).Trim());
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "conformance"));
}
