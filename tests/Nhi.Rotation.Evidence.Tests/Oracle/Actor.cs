namespace Nhi.Rotation.Evidence.Tests.Oracle;

/// <summary>One piece of code. What it does is known to the world; the library knows what it was told.</summary>
internal sealed class Actor(string name)
{
    public string Name { get; } = name;

    /// <summary>Objects of versions that it keeps, and may use in months.</summary>
    public List<(VersionRecord Version, object Object)> Kept { get; } = [];

    /// <summary>Connections that live, whether or not their hold was lost.</summary>
    public List<(VersionRecord Version, bool IsLost)> Connections { get; } = [];
}
