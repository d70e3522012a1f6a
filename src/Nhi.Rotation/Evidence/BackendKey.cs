namespace Nhi.Rotation.Evidence;

/// <summary>Where a credential comes from.</summary>
/// <param name="Backend">The backend.</param>
/// <param name="Key">Where that holds it.</param>
internal readonly record struct BackendKey(ICredentialBackend? Backend, string Key)
{
    /// <summary>Where that is, as the backend says it.</summary>
    public string? Location
    {
        get
        {
            try
            {
                return Backend?.Locate(Key) ?? Key;
            }
#pragma warning disable CA1031 // A custom backend may throw anything, and nothing depends on this.
            catch (Exception)
#pragma warning restore CA1031
            {
                return Key;
            }
        }
    }
}
