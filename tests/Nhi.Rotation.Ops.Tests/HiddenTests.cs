using System.Diagnostics;

namespace Nhi.Rotation.Ops.Tests;

/// <summary>The sample that hides five uses of the old key, as README's reader runs it.</summary>
public sealed class HiddenTests
{
    [Fact]
    public async Task Each_hidden_use_is_named_before_the_key_is_safe_to_revoke()
    {
        var ct = TestContext.Current.CancellationToken;
        using var sample = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ZeroDowntimeRotation.dll"), "--hidden"]) { RedirectStandardOutput = true })!;
        var output = await sample.StandardOutput.ReadToEndAsync(ct);
        await sample.WaitForExitAsync(ct);

        Assert.True(sample.ExitCode == 0, output);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] named = ["reports still holds the credential object", "charges still holds what was derived", "feed still holds 1 connection", "pool still holds 1 connection", "What was made with it is valid until"];
        Assert.All(named, name => Assert.Contains(lines[..^1], line => line.Contains(name, StringComparison.Ordinal)));
        Assert.StartsWith("SafeToRevoke", lines[^1], StringComparison.Ordinal);
    }
}
