using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli;

/// <summary>Declarations about names that the evidence does not know: they would change nothing but the words of the answer, so they are slips.</summary>
internal static class UnknownNames
{
    private const int MaxNames = 8;

    /// <summary>What is wrong with the first of them.</summary>
    /// <returns><see langword="null"/> if nothing is.</returns>
    public static string? In(Declarations declared, IReadOnlyList<InstanceEvidence> instances) => Renamed(declared, instances) ?? Retired(declared, instances);

    private static string? Renamed(Declarations declared, IReadOnlyList<InstanceEvidence> instances)
    {
        if (declared.Renamed.Count == 0)
        {
            return null;
        }

        var known = instances.SelectMany(static instance => instance.Credentials.SelectMany(static one => one.Value.Formerly.Append(one.Key)).Append(instance.App)).Concat(declared.Renamed.Values).ToHashSet(StringComparer.Ordinal);
        return declared.Renamed.FirstOrDefault(name => !known.Contains(name.Key)) is { Key: { } before } name
            ? $"--renamed {TerminalText.Short(before)}={TerminalText.Short(name.Value)}: no app and no credential of the evidence is called {TerminalText.Short(before)}. Say what it was called, and after = what it is called now."
            : null;
    }

    private static string? Retired(Declarations declared, IReadOnlyList<InstanceEvidence> instances)
    {
        if (declared.RetiredConsumers.Count == 0)
        {
            return null;
        }

        var known = instances.SelectMany(instance => instance.Credentials.Values.SelectMany(static one => one.Uses).Select(use => $"{declared.Renamed.GetValueOrDefault(instance.App, instance.App)}/{use.Consumer}")).ToHashSet(StringComparer.Ordinal);
        return declared.RetiredConsumers.FirstOrDefault(consumer => !known.Contains(consumer)) is { } unknown
            ? $"--retired-consumer {TerminalText.Short(unknown)}: the evidence knows no such consumer. Say APP/CONSUMER, as it has {string.Join(", ", known.Order(StringComparer.Ordinal).Take(MaxNames).Select(TerminalText.Short))}{(known.Count > MaxNames ? " and more" : "")}."
            : null;
    }
}
