using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Tests.Backends.Files;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Leaks;

[Collection(LeakCollection.Name)]
public sealed class FileLeakTests : IDisposable
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FileFixture _files = new();
    private readonly Output _output = new();

    public static TheoryData<string> Good => [.. Layouts.Keys];

    private static Dictionary<string, (Func<FileFixture, string> Arrange, Action<FileBackendOptions> Configure)> Layouts => new()
    {
        ["text"] = (static files => files.Write("token", Canary.Plain.Text + "\n"), static _ => { }
        ),
        ["binary"] = (static files => files.Write("token", Canary.Binary.Bytes), static options => options.Content = FileContent.Binary),
        ["JSON"] = (static files => files.Write("token", Canary.Json), static _ => { }
        ),
        ["JSON field"] = (static files => files.Write("token", Canary.Json), static options => options.JsonField = "password"),
        ["keyed fingerprint"] = (static files => files.Write("token", Canary.Plain.Text), static options => options.FingerprintKey = Canary.FingerprintKey.Bytes),
        ["version directory"] = (WriteDirectory, static _ => { }
        ),
        ["version document"] = (WriteDocument, static _ => { }
        ),
    };

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Good))]
    public async Task A_good_layout_says_nothing(string layout)
    {
        using var ears = new Ears(_output);
        var (arrange, configure) = Layouts[layout];
        var path = arrange(_files);
        FileFixture.SetMode(Directory.Exists(path) ? Path.Join(path, "v1.key") : path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var backend = _files.Backend(configure);
        await using var engine = new Engine(Engine.Credential(backend) with { Key = path });

        var credential = await engine["stripe"].GetCurrentAsync(Ct);

        Assert.False(credential.RevealBytes().IsEmpty);
        ears.Collect();
        _output.Add("engine", engine.Log.Collector);
        _output.Add("backend", _files.Logger.Collector);
        var opened = DebuggerWalk.Open(_output, engine["stripe"], backend, credential);
        Assert.Contains(typeof(FileCredentialBackend), opened);
        _output.AssertSilent("log  100", "log  200", "ToString of FileCredentialBackend");
    }

    [Fact]
    public async Task No_bad_file_is_quoted_by_error_log_metric_or_debugger()
    {
        using var ears = new Ears(_output);
        foreach (var (name, bad) in BadFile.All)
        {
            using var files = new FileFixture();
            var backend = files.Backend(bad.Configure);
            await using var engine = new Engine(Engine.Credential(backend) with { Key = bad.Arrange(files) });
            var error = await Assert.ThrowsAsync<BackendException>(
                () => engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct));
            _output.Add($"bad file, {name}", error);
            _output.Add("engine", engine.Log.Collector);
            _output.Add("backend", files.Logger.Collector);
            DebuggerWalk.Open(_output, backend, engine["stripe"]);
        }

        ears.Collect();
        Assert.Empty(_output.FindLeaks(new Canary(BadFile.Canary)));
        _output.AssertSilent("bad file", "log  113", "exported metric nhi.credential.refreshes");
    }

    private static string WriteDirectory(FileFixture files)
    {
        files.Write("v1.key", Canary.Plain.Text);
        files.Write("v2.key", Canary.Newer.Text);
        files.Write("manifest.json", """{ "current": "v1", "pending": "v2", "versions": [ { "id": "v1", "file": "v1.key" }, { "id": "v2", "file": "v2.key" } ] }""");
        return files.Root;
    }

    private static string WriteDocument(FileFixture files) => files.Write("a.versions.json", $$"""
        { "current": "v1", "versions": [
          { "id": "v1", "value": "{{Canary.Plain.Text}}" },
          { "id": "v2", "valueBase64": "{{Convert.ToBase64String(Canary.Binary.Bytes)}}" } ] }
        """);
}
