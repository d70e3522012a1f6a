namespace ZeroDowntimeRotation;

/// <summary>The demo's secret: a Kubernetes-style volume, or where links need rights that nobody has, a file that is replaced.</summary>
internal sealed class DemoSecret(string directory)
{
    private const string Name = "partner-key";

    // 0400: readable by its owner only, as `defaultMode: 0400` makes it. One object, so that two writes in a second get directories of their own.
    private readonly KubernetesSecretVolume _volume = new(directory, UnixFileMode.UserRead);

    public string Path { get; } = System.IO.Path.Combine(directory, Name);

    public void Write(string key)
    {
        if (OperatingSystem.IsWindows())
        {
            var next = Path + ".next";
            File.WriteAllText(next, key);
            File.Move(next, Path, overwrite: true);
        }
        else
        {
            _volume.Write(Name, key);
        }
    }
}
