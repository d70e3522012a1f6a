using System.Diagnostics;

namespace Nhi.Rotation.OAuth;

/// <summary>What one version says who the client is.</summary>
internal sealed class ClientLogin(string id, string secret)
{
    public string Id => id;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public string Secret => secret;

    public override string ToString() => id;
}
