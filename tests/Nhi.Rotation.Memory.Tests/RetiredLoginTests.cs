using System.Security.Cryptography;
using Databases;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Memory.Tests;

/// <summary>Nothing retired stays of a database login either, while connections of it are still open.</summary>
public sealed class RetiredLoginTests : IDisposable
{
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("nhi-memory-");

    public void Dispose() => _secrets.Delete(recursive: true);

    [Fact]
    public async Task After_two_rotations_nothing_of_the_library_leads_to_an_old_password()
    {
        if (PostgresServer.FindPrograms() is not { } programs)
        {
            Installed.SkipUnlessInCi("PostgreSQL is not installed: apt-get install postgresql-15");
            return;
        }

        await using var server = await PostgresServer.StartAsync(programs);
        await server.ExecuteAsync("CREATE ROLE app LOGIN");
        var current = await RotateAsync(server, 1);
        using var subject = await Subject.StartAsync(_secrets.FullName, "postgres", $"{server.ConnectionString("memory")};Username=app;Keepalive=1");
        Assert.Equal("db", await subject.GetAsync("/use"));
        var old = new List<string>();
        for (var version = 2; version <= 3; version++)
        {
            old.Add(current);
            var before = await subject.GetAsync("/version");
            current = await RotateAsync(server, version);
            await Subject.UntilAsync(async () =>
            {
                await subject.GetAsync("/refresh");
                return await subject.GetAsync("/version") != before;
            });
            Assert.Equal("db", await subject.GetAsync("/use"));
            await subject.UntilRetiredAsync(version - 1, "db");
        }

        await subject.HasForgottenAsync(old, [current]);
    }

    private async Task<string> RotateAsync(PostgresServer server, int version)
    {
        var password = $"db-{version}-{RandomNumberGenerator.GetHexString(40, lowercase: true)}";
        await server.ExecuteAsync($"ALTER ROLE app PASSWORD '{password}'");
        var next = Path.Combine(_secrets.FullName, "db.next");
        await File.WriteAllTextAsync(next, password);
        File.Move(next, Path.Combine(_secrets.FullName, "db"), overwrite: true);
        return password;
    }
}
