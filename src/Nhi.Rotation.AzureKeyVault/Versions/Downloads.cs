namespace Nhi.Rotation.AzureKeyVault.Versions;

/// <summary>What the downloads of one refresh gave.</summary>
internal sealed class Downloads
{
    private readonly Dictionary<string, SecretValue> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _disabled = new(StringComparer.Ordinal);

    /// <summary>Whether there is any value.</summary>
    public bool HasValues => _values.Count > 0;

    /// <summary>How many versions were disabled between the list and the get.</summary>
    public int DisabledCount => _disabled.Count;

    public void Add(string versionId, SecretValue value) => _values.Add(versionId, value);

    public void AddDisabled(string versionId) => _disabled.Add(versionId);

    public SecretValue? ValueOf(string versionId) => _values.GetValueOrDefault(versionId);

    public bool IsDisabled(string versionId) => _disabled.Contains(versionId);
}
