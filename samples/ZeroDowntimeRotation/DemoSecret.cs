namespace ZeroDowntimeRotation;

/// <summary>The demo's secret: a Kubernetes-style volume, or where links need rights that nobody has, a file that is replaced.</summary>
internal sealed class DemoSecret(string directory)
{
    private const string Name = "partner-key";

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
            // 0400: readable by its owner only, as `defaultMode: 0400` makes it.
            new KubernetesSecretVolume(directory, UnixFileMode.UserRead).Write(Name, key);
        }
    }
}
