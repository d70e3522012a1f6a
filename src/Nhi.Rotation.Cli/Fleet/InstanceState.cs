using Nhi.Rotation.Cli.Reading;

namespace Nhi.Rotation.Cli.Fleet;

/// <summary>One instance and what it knows of each credential.</summary>
internal sealed class InstanceState
{
    public InstanceState(InstanceEvidence evidence)
    {
        Evidence = evidence;
        foreach (var item in evidence.Events)
        {
            if (!Credentials.TryGetValue(item.CredentialName, out var credential))
            {
                Credentials.Add(item.CredentialName, credential = new CredentialEvidence());
            }

            credential.Take(item);
        }
    }

    public InstanceEvidence Evidence { get; }

    public Dictionary<string, CredentialEvidence> Credentials { get; } = new(StringComparer.Ordinal);
}
