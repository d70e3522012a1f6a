using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Backends.Files;

namespace Nhi.Rotation.Tests.Backends.Files;

/// <summary>A directory whose files together are one version.</summary>
public sealed class FieldDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fields-").FullName;
    private readonly KubernetesSecretVolume _volume;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public FieldDirectoryTests() => _volume = new KubernetesSecretVolume(_root);

    [Fact]
    public async Task A_basic_auth_secret_is_one_login()
    {
        Swap(("username", "app\n"), ("password", "p\"\\ä"));

        var value = await ReadAsync();

        var login = UsernamePassword.Parse(value);
        Assert.Equal(("app", "p\"\\ä"), (login.Username, login.Password));
    }

    [Theory]
    [InlineData("tls.crt", "tls.key", "ca.crt")]
    [InlineData(".dockerconfigjson")]
    [InlineData("ssh-privatekey")]
    [InlineData("any", "UPPER", "with space", "ünï")]
    public async Task Any_names_are_fields(params string[] names)
    {
        Swap([.. names.Select(static name => (name, $"value of {name}"))]);

        var fields = JsonFields.Parse(await ReadAsync());

        Assert.All(names, name => Assert.Equal($"value of {name}", fields.Text(name)));
        Assert.Null(fields.Find("..data"));
    }

    [Fact]
    public async Task A_swap_amid_the_reading_mixes_nothing()
    {
        Swap(Pair(0));
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(
            () =>
            {
                for (var i = 1; !stop.IsCancellationRequested; i++)
                {
                    Swap(Pair(i));
                }
            },
            Ct);
        var seen = new HashSet<string>();
        try
        {
            for (var i = 0; i < 300 || seen.Count < 2; i++)
            {
                try
                {
                    var fields = JsonFields.Parse(await ReadAsync());
                    var number = fields.Text("username");
                    seen.Add(number);
                    Assert.Equal(number, fields.Text("password"));
                    Assert.Equal(number, fields.Text($"only-{number}"));
                }
                catch (BackendException error) when (error.Failure == BackendFailure.Unavailable)
                {
                    // Swapped at each of ten looks.
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await swapping;
        }

        static (string, string)[] Pair(int i) => [("username", $"{i}"), ("password", $"{i}"), ($"only-{i}", $"{i}")];
    }

    [Fact]
    public async Task A_version_follows_the_swap_and_keeps_its_id_without_one()
    {
        Swap(("username", "a"), ("password", "b"));
        using var backend = NewBackend(null);
        var first = Assert.Single((await ListAsync(backend)).Versions).Id;

        Assert.Equal(first, Assert.Single((await ListAsync(backend, first)).Versions).Id);

        // A file more is another value, be the others as they were.
        Swap(("username", "a"), ("password", "b"), ("host", "c"));
        Assert.NotEqual(first, Assert.Single((await ListAsync(backend, first)).Versions).Id);
    }

    [Fact]
    public async Task A_plain_directory_is_read_too_and_a_new_file_in_it_seen()
    {
        File.WriteAllText(Path.Join(_root, "username"), "app");
        File.WriteAllText(Path.Join(_root, "password"), "p");
        Directory.CreateDirectory(Path.Join(_root, "lost+found"));
        using var backend = NewBackend(null);
        var first = Assert.Single((await ListAsync(backend)).Versions).Id;

        File.WriteAllText(Path.Join(_root, "host"), "db");

        Assert.NotEqual(first, Assert.Single((await ListAsync(backend, first)).Versions).Id);
    }

    [Fact]
    public async Task Named_fields_have_to_be_there_and_no_others_count()
    {
        Swap(("username", "app"), ("password", "p"), ("keystore.p12", "\0"));

        Assert.Equal("""{"password":"p","username":"app"}""", (await ReadAsync("username", "password")).Reveal());

        var missing = await Assert.ThrowsAsync<BackendException>(() => ReadAsync("username", "token"));
        Assert.Equal(BackendFailure.NotFound, missing.Failure);
        Assert.Contains("token", missing.Message, StringComparison.Ordinal);
        Assert.Contains("keystore.p12", (await Assert.ThrowsAsync<BackendException>(() => ReadAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_such_directory_is_told()
    {
        Assert.Contains("no file in it", (await Assert.ThrowsAsync<BackendException>(() => ReadAsync())).Message, StringComparison.Ordinal);

        var file = Path.Join(_root, "file");
        File.WriteAllText(file, "x");
        using var backend = NewBackend(null);
        Assert.Equal(BackendFailure.Misconfigured, (await Assert.ThrowsAsync<BackendException>(async () => await backend.ListAsync(new BackendRequest("db", file), Ct))).Failure);
        Assert.Equal(BackendFailure.NotFound, (await Assert.ThrowsAsync<BackendException>(async () => await backend.ListAsync(new BackendRequest("db", Path.Join(_root, "none")), Ct))).Failure);

        for (var i = 0; i < 65; i++)
        {
            File.WriteAllText(Path.Join(_root, $"{i}"), "x");
        }

        Assert.Contains("more than 64", (await Assert.ThrowsAsync<BackendException>(() => ReadAsync())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,a")]
    [InlineData("../a")]
    [InlineData("")]
    public void Fields_that_make_no_sense_are_refused(string fields)
    {
        var options = new FileBackendOptions { Layout = FileLayout.FieldDirectory, Fields = fields.Split(',') };
        Assert.Contains("Fields", options.FindMistake(), StringComparison.Ordinal);
        Assert.Contains("FieldDirectory", new FileBackendOptions { Fields = ["a"] }.FindMistake(), StringComparison.Ordinal);
        Assert.Contains("FieldDirectory", new FileBackendOptions { Layout = FileLayout.FieldDirectory, Content = FileContent.Binary }.FindMistake(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Swap(params (string Name, string Text)[] files) => _volume.Write(files.ToDictionary(static file => file.Name, static file => file.Text));

    private static FileCredentialBackend NewBackend(string[]? fields) =>
        new(new FileBackendOptions { Layout = FileLayout.FieldDirectory, Fields = fields, SettleTime = TimeSpan.FromMilliseconds(1) }, NullLogger.Instance, TimeProvider.System);

    private async Task<BackendListing> ListAsync(FileCredentialBackend backend, params string[] known) =>
        await backend.ListAsync(new BackendRequest("db", _root, known.ToHashSet()), Ct);

    private async Task<Credential> ReadAsync(params string[] fields)
    {
        using var backend = NewBackend(fields.Length == 0 ? null : fields);
        var version = Assert.Single((await ListAsync(backend)).Versions);
        return new Credential("db", version.Id, version.Value!);
    }
}
