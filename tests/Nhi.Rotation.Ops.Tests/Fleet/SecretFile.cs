using System.Text.Json.Nodes;

namespace Nhi.Rotation.Ops.Tests.Fleet;

/// <summary>A file of versions, as an operator replaces it.</summary>
internal static class SecretFile
{
    public static void Write(string path, params string[] ids)
    {
        var versions = new JsonArray([.. ids.Select(id => new JsonObject { ["id"] = id, ["value"] = $"value-of-{id}" })]);
        File.WriteAllText(path + ".next", new JsonObject { ["current"] = ids[^1], ["versions"] = versions }.ToJsonString());
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path + ".next", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Move(path + ".next", path, overwrite: true);
    }
}
