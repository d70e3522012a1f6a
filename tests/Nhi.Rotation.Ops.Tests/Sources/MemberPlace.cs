namespace Nhi.Rotation.Ops.Tests.Sources;

/// <summary>Where a fleet finds its secret and leaves its evidence.</summary>
/// <param name="Directory">All of it but the database.</param>
/// <param name="Database">A connection string with which lines may be added.</param>
internal sealed record MemberPlace(string Directory, string Database)
{
    public string Secret => Path.Join(Directory, "partner.versions.json");

    public string Evidence => System.IO.Directory.CreateDirectory(Path.Join(Directory, "evidence")).FullName;

    public string Logs => System.IO.Directory.CreateDirectory(Path.Join(Directory, "logs")).FullName;

    /// <summary>Which of .NET's consoles a service has.</summary>
    public string Console(string service) => service switch
    {
        "orders" => "json",
        "billing" => "simple",
        _ => "systemd",
    };
}
