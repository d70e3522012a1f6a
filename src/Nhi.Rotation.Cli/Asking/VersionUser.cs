namespace Nhi.Rotation.Cli.Asking;

/// <summary>One consumer or caller of a version, over all instances of a service in one place.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Version">The version.</param>
/// <param name="Stage">Where it stands, by the instance that wrote last.</param>
/// <param name="App">The service.</param>
/// <param name="Place">Where it runs, if that has a lasting name.</param>
/// <param name="Consumer">Who uses it there.</param>
/// <param name="Caller">Who presents it, if it is a key that is accepted.</param>
/// <param name="Uses">How often, over all instances.</param>
/// <param name="Open">Connections and sessions that are open, and objects that are kept, in instances that may run.</param>
/// <param name="FirstUse">When it was first used.</param>
/// <param name="LastUse">When it was last used.</param>
/// <param name="IsOnIt">Whether an instance that may run used no other version later, or has something open: revoking this one breaks it.</param>
/// <param name="Running">Instances that are on it and run: they wrote within the last minutes.</param>
/// <param name="Silent">Instances that are on it, did not say that they stopped and have not written since: they may run.</param>
/// <param name="Moved">Instances that may run and have used another version since.</param>
/// <param name="Over">How many instances stopped.</param>
internal sealed record VersionUser(
    string Credential,
    string Version,
    CredentialStage Stage,
    string App,
    string? Place,
    string Consumer,
    string? Caller,
    long Uses,
    int Open,
    DateTimeOffset? FirstUse,
    DateTimeOffset? LastUse,
    bool IsOnIt,
    IReadOnlyList<string> Running,
    IReadOnlyList<string> Silent,
    IReadOnlyList<string> Moved,
    int Over);
