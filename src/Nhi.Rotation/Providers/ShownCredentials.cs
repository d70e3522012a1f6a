using System.Collections;
using System.Diagnostics;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Credentials of a set: <see cref="Credential"/>s of what is current or comes, <see cref="OldCredential"/>s of what was replaced.</summary>
[DebuggerDisplay("{Count} versions")]
internal sealed class ShownCredentials(object[] versions, Credential? first = null) : IReadOnlyList<Credential>
{
    public int Count => versions.Length + Before;

    private int Before => first is null ? 0 : 1;

    public Credential this[int index] => index < Before ? first! : versions[index - Before] as Credential ?? ((OldCredential)versions[index - Before]).Get();

    /// <summary>The same behind another one.</summary>
    public ShownCredentials After(Credential one) => new(versions, one);

    public OldCredential? Find(LiveVersion version) => versions.OfType<OldCredential>().FirstOrDefault(old => old.Version == version);

    public IEnumerator<Credential> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
