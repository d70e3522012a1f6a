using System.Collections.Frozen;
using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Providers;

/// <summary>Finds credentials by where they are stored.</summary>
internal sealed class CredentialSignals : ICredentialSignals
{
    // Made when the first signal comes: a process may hold very many credentials, and most processes get none.
    private readonly Lazy<FrozenDictionary<string, CredentialCore[]>> _byLocation;

    public CredentialSignals(IReadOnlyCollection<CredentialCore> cores) =>
        _byLocation = new(() => cores.GroupBy(Locate, StringComparer.OrdinalIgnoreCase).ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase));

    public IReadOnlyList<string> Signal(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (!_byLocation.Value.TryGetValue(location, out var cores))
        {
            return [];
        }

        foreach (var core in cores)
        {
            core.Signal();
        }

        return Array.ConvertAll(cores, core => core.Name);
    }

    private static string Locate(CredentialCore core) => new BackendKey(core.Backend, core.Key).Location ?? core.Key;
}
