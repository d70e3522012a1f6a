using System.Security.Cryptography;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>Who keeps something is named, and nobody else, however many use the credential at the same time.</summary>
public sealed class AccusationTests : IDisposable
{
    private const int Rotations = 5;

    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("nhi-memory-");

    public void Dispose() => _secrets.Delete(recursive: true);

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public async Task Of_forty_consumers_on_eight_threads_with_deep_stacks_only_those_who_keep_something_are_named(string tieredCompilation)
    {
        Write();
        using var subject = await Subject.StartAsync(new Dictionary<string, string> { ["DOTNET_TieredCompilation"] = tieredCompilation }, _secrets.FullName, "crowd");
        await subject.GetAsync("/keep");
        for (var rotation = 0; rotation < Rotations; rotation++)
        {
            var before = await subject.GetAsync("/version");
            Write();
            await Subject.UntilAsync(async () => await subject.GetAsync("/version") != before);
        }

        // Collections of the app's own, and some of ours, so that each is judged many times.
        for (var look = 0; look < 10; look++)
        {
            await Subject.UntilAsync(async () =>
            {
                await subject.GetAsync("/collect");
                var keepers = await subject.GetAsync("/keepers");
                Assert.DoesNotContain("drops", keepers, StringComparison.Ordinal);
                return keepers == "keeps-bytes: Bytes\nkeeps-text: Text\nkeeps-version: Credential";
            });
        }
    }

    private void Write()
    {
        var next = Path.Combine(_secrets.FullName, "crowd.next");
        File.WriteAllText(next, RandomNumberGenerator.GetHexString(40, lowercase: true));
        File.Move(next, Path.Combine(_secrets.FullName, "crowd"), overwrite: true);
    }
}
