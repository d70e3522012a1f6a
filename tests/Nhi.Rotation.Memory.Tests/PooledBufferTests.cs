using System.Security.Cryptography;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>A value in a buffer that was given back to its pool is held by nobody, nor what a collected string left in one; one in a buffer that is rented is.</summary>
public sealed class PooledBufferTests : IDisposable
{
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("nhi-memory-buffers-");

    public void Dispose() => _secrets.Delete(recursive: true);

    [Fact]
    public async Task A_hunt_tells_what_nobody_put_there_or_uses_from_what_is_held()
    {
        var returned = Write("returned");
        var rented = Write("rented");
        var collected = Write("collected");
        var overwritten = Write("overwritten");
        using var subject = await Subject.StartAsync(_secrets.FullName, "buffers");

        var ofReturned = await HuntAsync(subject, returned);
        var ofRented = await HuntAsync(subject, rented);
        var ofCollected = await HuntAsync(subject, collected);
        var ofOverwritten = await HuntAsync(subject, overwritten);

        Assert.True(ofReturned.ExitCode == 0, ofReturned.Output);
        Assert.Contains("SharedArrayPool", ofReturned.Output, StringComparison.Ordinal);
        Assert.Contains("ConfigurableArrayPool", ofReturned.Output, StringComparison.Ordinal);
        Assert.Contains(": a buffer that is in no use", ofReturned.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("HELD", ofReturned.Output, StringComparison.Ordinal);
        Assert.True(ofRented.ExitCode == 1, ofRented.Output);
        Assert.Contains("HELD: ", ofRented.Output, StringComparison.Ordinal);
        Assert.Contains("Byte[] <- Byte[][] <- List<System.Byte[]>._items", ofRented.Output, StringComparison.Ordinal);
        Assert.True(ofCollected.ExitCode == 0, ofCollected.Output);
        Assert.Contains("what was a String, in a Byte[] that was made where it stood", ofCollected.Output, StringComparison.Ordinal);
        Assert.True(ofOverwritten.ExitCode == 1, ofOverwritten.Output);
    }

    private static Task<(int ExitCode, string Output)> HuntAsync(Subject subject, string value) => Subject.RunToolAsync("hunt", "--pid", $"{subject.Id}", "--value-file", value);

    private string Write(string name)
    {
        var path = Path.Combine(_secrets.FullName, name);
        File.WriteAllText(path, RandomNumberGenerator.GetHexString(40, lowercase: true));
        return path;
    }
}
