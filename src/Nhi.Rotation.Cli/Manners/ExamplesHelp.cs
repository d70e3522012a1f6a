using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Nhi.Rotation.Cli.Manners;

/// <summary>Help that ends with examples.</summary>
internal sealed class ExamplesHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _help;

    private ExamplesHelp(HelpAction help) => _help = help;

    /// <summary>Whoever asks for help is not told what is missing.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>Puts examples under the help of all commands.</summary>
    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = option.Action is HelpAction help ? new ExamplesHelp(help) : option.Action;
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        var result = _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var examples = Examples.Of(parseResult.CommandResult.Command.Name);
        if (examples.Count > 0)
        {
            output.WriteLine("Examples:");
        }

        foreach (var example in examples)
        {
            output.WriteLine($"  {example}");
        }

        return result;
    }
}
