using System.Diagnostics;

namespace HiddenDependency;

/// <summary>The tool, as an operator runs it: the old value comes from a file, never from an argument.</summary>
internal static class Tool
{
    public static async Task<(int Exit, string Output)> HuntAsync(string valueFile, params int[] processes)
    {
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.Cli.dll"), "hunt", "--value-file", valueFile, .. processes.SelectMany(id => new[] { "--pid", $"{id}" })];
        using var tool = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await tool.StandardOutput.ReadToEndAsync();
        await tool.WaitForExitAsync();
        return (tool.ExitCode, output);
    }
}
