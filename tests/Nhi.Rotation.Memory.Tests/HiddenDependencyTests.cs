using System.Diagnostics;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>The sample: six hidden copies of a key are found, mended, and found no more.</summary>
public sealed class HiddenDependencyTests
{
    [Fact]
    public async Task Six_hidden_copies_are_named_and_after_they_were_mended_nothing_is_held()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "running processes are looked into on Linux");
        using var sample = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "HiddenDependency.dll")]) { RedirectStandardOutput = true })!;

        var output = await sample.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await sample.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(sample.ExitCode == 0, output);
        Assert.DoesNotContain("SILENT", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split("silent").Length - 1);
        Assert.EndsWith("NOWHERE: it is held in none of them. What was not looked at may have it.", output.TrimEnd(), StringComparison.Ordinal);
    }
}
