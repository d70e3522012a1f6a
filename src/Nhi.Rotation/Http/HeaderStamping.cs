namespace Nhi.Rotation.Http;

internal sealed class HeaderStamping : Stamping
{
    private readonly string _prefix;

    public HeaderStamping(string name, string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        using var request = new HttpRequestMessage();
        if (!request.Headers.TryAddWithoutValidation(name, "value"))
        {
            throw new ArgumentException($"'{name}' is not the name of a request header.", nameof(name));
        }

        if (HeaderText.FindFault(prefix) is { } fault && fault != HeaderText.OuterSpace)
        {
            throw new ArgumentException($"The prefix contains {fault}, which a header cannot carry.", nameof(prefix));
        }

        HeaderName = name;
        _prefix = prefix;
    }

    public override string HeaderName { get; }

    public override Stamp Build(Credential credential)
    {
        var value = credential.Reveal();
        return HeaderText.FindFault(value) is { } fault
            ? throw HeaderText.Refuse(credential, fault, $"header '{HeaderName}'")
            : new HeaderStamp(credential, HeaderName, _prefix + value);
    }

    public override bool Collides(Stamping other) => string.Equals(HeaderName, other.HeaderName, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"header '{HeaderName}'";
}
