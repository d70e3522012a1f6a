namespace Nhi.Rotation.Http;

internal sealed class CustomStamping : Stamping
{
    private readonly Action<HttpRequestMessage, Credential> _stamp;

    public CustomStamping(Action<HttpRequestMessage, Credential> stamp) => _stamp = stamp;

    // The caller's code reveals the version itself, for each request.
    public override bool IsDerived => false;

    public override Stamp Build(Credential credential) => new CustomStamp(credential, _stamp);

    public override bool Collides(Stamping other) => false;

    public override string ToString() => "your own stamp";
}
