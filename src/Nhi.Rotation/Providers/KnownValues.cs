namespace Nhi.Rotation.Providers;

/// <summary>Asks every credential whether a value is its own.</summary>
internal sealed class KnownValues(IReadOnlyCollection<CredentialCore> cores) : IKnownValues
{
    public IReadOnlyList<KnownValue> Find(ReadOnlySpan<byte> value)
    {
        var found = new List<KnownValue>();
        foreach (var core in cores)
        {
            core.Find(value, found);
        }

        return found;
    }
}
