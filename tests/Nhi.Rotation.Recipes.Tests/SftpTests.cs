using System.Collections.Frozen;
using System.Net.Sockets;
using System.Security.Cryptography;
using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.TestSupport;
using Renci.SshNet.Common;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>Files over a real OpenSSH server, whose user is known by other keys.</summary>
public sealed class SftpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_are_listed_whichever_side_is_first_and_an_error_comes_when_nothing_works()
    {
        var sshd = Installed.Program("sshd", "openssh-server", "/usr/sbin");
        var folder = await ServerProcess.MakeFolderAsync("ssh", Environment.UserName);
        var port = ServerProcess.FindFreePort();
        foreach (var name in new[] { "host", "first", "second", "third" })
        {
            await ServerProcess.RunAsync(Environment.UserName, FrozenDictionary<string, string>.Empty, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, name));
        }

        if (Environment.IsPrivilegedProcess)
        {
            Directory.CreateDirectory("/run/sshd");
        }

        var configuration = Path.Combine(folder, "sshd_config");
        await File.WriteAllLinesAsync(
            configuration,
            [
                $"Port {port}", "ListenAddress 127.0.0.1", $"HostKey {folder}/host", $"AuthorizedKeysFile {folder}/authorized", "StrictModes no", "UsePAM no", "PasswordAuthentication no",
                "PermitRootLogin prohibit-password", $"PidFile {folder}/pid", "Subsystem sftp internal-sftp",
            ],
            Ct);
        Accept(folder, "first");
        var lines = new LastLines();
        await using var server = ServerProcess.Start(Environment.UserName, FrozenDictionary<string, string>.Empty, lines.Add, sshd, "-D", "-e", "-f", configuration);
        await server.WaitUntilUpAsync<SocketException>(
            async () =>
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", port, Ct);
            },
            lines.ToString);

        await RotateAsync(folder, port);
    }

    private static async Task RotateAsync(string folder, int port)
    {
        var host = SHA256.HashData(Convert.FromBase64String((await File.ReadAllTextAsync(Path.Combine(folder, "host.pub"), Ct)).Split(' ')[1]));
        await using var app = new App();
        app.PublishText(KeyOf(folder, "first"));
        await app.StartAsync();
        var files = new OrdersFiles(app.Credential, "127.0.0.1", port, Environment.UserName, host);
        await ListAsync(files, folder);

        // The store first, and the server follows.
        app.PublishText(KeyOf(folder, "second"));
        await app.RefreshAsync();
        await ListAsync(files, folder);
        Accept(folder, "second");
        await ListAsync(files, folder);

        // The server first.
        Accept(folder, "third");
        app.PublishText(KeyOf(folder, "third"));
        await ListAsync(files, folder);

        // Somebody else's server gets no login.
        var wrong = new OrdersFiles(app.Credential, "127.0.0.1", port, Environment.UserName, new byte[host.Length]);
        await Assert.ThrowsAnyAsync<SshException>(() => ListAsync(wrong, folder));

        Accept(folder, "host");
        await Assert.ThrowsAsync<SshAuthenticationException>(() => ListAsync(files, folder));
    }

    private static string KeyOf(string folder, string name) => File.ReadAllText(Path.Combine(folder, name));

    private static void Accept(string folder, string name) => File.Copy(Path.Combine(folder, $"{name}.pub"), Path.Combine(folder, "authorized"), overwrite: true);

    private static async Task ListAsync(OrdersFiles files, string folder) => Assert.True(await files.UseAsync(
        async (client, ct) =>
        {
            await foreach (var file in client.ListDirectoryAsync(folder, ct))
            {
                if (file.Name == "authorized")
                {
                    return true;
                }
            }

            return false;
        },
        Ct));
}
