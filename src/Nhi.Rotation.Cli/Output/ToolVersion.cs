using System.Reflection;

namespace Nhi.Rotation.Cli.Output;

/// <summary>Which version of the tool says so.</summary>
internal static class ToolVersion
{
    public static string Text { get; } = Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);
}
