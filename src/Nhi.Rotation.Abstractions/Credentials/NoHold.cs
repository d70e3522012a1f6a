namespace Nhi.Rotation;

/// <summary>The hold of a credential that nobody tracks.</summary>
internal sealed class NoHold : IDisposable
{
    public static NoHold Instance { get; } = new();

    public void Dispose()
    {
        // Nothing was begun.
    }
}
