namespace Nhi.Rotation.Http;

internal sealed class QueryStamping : Stamping
{
    private readonly string _name;

    public QueryStamping(string name) => _name = name;

    public override Stamp Build(Credential credential) => new QueryStamp(credential, _name, credential.Reveal());

    public override bool Collides(Stamping other) => other is QueryStamping query && query._name == _name;

    public override string ToString() => $"query parameter '{_name}'";
}
