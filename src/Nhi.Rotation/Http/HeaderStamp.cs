using System.Diagnostics;

namespace Nhi.Rotation.Http;

/// <summary>A header whose text is built once per version.</summary>
internal sealed class HeaderStamp : Stamp
{
    private readonly string _name;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text;

    public HeaderStamp(Credential source, string name, string text)
        : base(source)
    {
        _name = name;
        _text = text;
    }

    public override object? Apply(HttpRequestMessage request, out bool replaced)
    {
        // Looking a name up costs as much as removing it.
        replaced = request.Headers.NonValidated.Count > 0 && request.Headers.Remove(_name);

        // The text was checked when it was built. Unlike a parsed header, it is written to the wire as this very string.
        request.Headers.TryAddWithoutValidation(_name, _text);
        return null;
    }

    public override void Remove(HttpRequestMessage request, object? before) => request.Headers.Remove(_name);
}
