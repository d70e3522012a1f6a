namespace Nhi.Rotation.AzureKeyVault.Tests;

/// <summary>The service that the credential opens: it accepts what its operator lets it accept.</summary>
internal sealed class OtherSide(string value)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _accepted = [value];

    public void Accept(string value)
    {
        lock (_gate)
        {
            _accepted.Add(value);
        }
    }

    public void Refuse(string value)
    {
        lock (_gate)
        {
            _accepted.Remove(value);
        }
    }

    public bool Call(string value)
    {
        lock (_gate)
        {
            return _accepted.Contains(value);
        }
    }
}
