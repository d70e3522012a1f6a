using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Evidence.Revocations;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.Revocations;

/// <summary>A list in configuration: one child an entry, with the fields that an entry in a file has.</summary>
internal sealed class ConfiguredRevocations(IConfigurationSection section, RevocationListOptions options) : RevocationSource(options)
{
    private IChangeToken _read = section.GetReloadToken();

    public override string Name => section.Path;

    public override bool HasChanged() => _read.HasChanged;

    protected override IReadOnlyList<RevocationEntry> Read()
    {
        // Before reading: what changes meanwhile is read again.
        _read = section.GetReloadToken();
        return [.. section.GetChildren().Select(Entry)];
    }

    private static RevocationEntry Entry(IConfigurationSection entry)
    {
        var fields = entry.GetChildren().ToDictionary(field => field.Key.ToLowerInvariant(), field => field.Value, StringComparer.Ordinal);
        return fields.Keys.FirstOrDefault(name => !RevocationFields.Names.Contains(name, StringComparer.Ordinal)) is { } unknown && Nearest.To(unknown, RevocationFields.Names) is { } near
            ? throw new RevocationListException($"{entry.Path}: '{unknown}' is not known. Did you mean '{near}'?")
            : RevocationFields.Read(fields, entry.Path);
    }
}
