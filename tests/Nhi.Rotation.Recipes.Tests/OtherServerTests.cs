using System.DirectoryServices.Protocols;
using MailKit.Security;
using RabbitMQ.Client;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>A value that names another server, port or database than the one that is configured is sent nowhere. Nothing listens there, so who tries has another error.</summary>
public sealed class OtherServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("MySqlConnector", "server")]
    [InlineData("MySqlConnector", "port")]
    [InlineData("MySqlConnector", "database")]
    [InlineData("SqlClient", "server")]
    [InlineData("SqlClient", "port")]
    [InlineData("SqlClient", "database")]
    [InlineData("RabbitMQ", "server")]
    [InlineData("RabbitMQ", "port")]
    [InlineData("RabbitMQ", "database")]
    [InlineData("MailKit", "server")]
    [InlineData("MailKit", "port")]
    [InlineData("LDAP", "server")]
    [InlineData("LDAP", "port")]
    public async Task It_is_refused_by_name(string client, string differs)
    {
        await using var app = new App();
        app.PublishText(Value(differs));
        await app.StartAsync();

        var error = await Assert.ThrowsAsync<CredentialFormatException>(() => UseAsync(client, app.Credential));

        Assert.Contains($"names another {differs} than the one that is configured", error.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MySqlConnector")]
    [InlineData("SqlClient")]
    [InlineData("RabbitMQ")]
    [InlineData("MailKit")]
    [InlineData("LDAP")]
    public async Task The_same_server_is_tried(string client)
    {
        await using var app = new App();
        app.PublishText(Value("nothing").Replace(client is "MailKit" or "LDAP" ? ",\"dbname\":\"orders\"" : "\0", string.Empty, StringComparison.Ordinal));
        await app.StartAsync();

        Assert.IsNotType<CredentialFormatException>(await Record.ExceptionAsync(() => UseAsync(client, app.Credential)));
    }

    private static string Value(string differs)
    {
        var (host, port, database) = (differs == "server" ? "other" : "127.0.0.1", differs == "port" ? 2 : 1, differs == "database" ? "other" : "orders");
        return $$"""{"username":"app","password":"p","host":"{{host}}","port":{{port}},"dbname":"{{database}}"}""";
    }

    private static async Task UseAsync(string client, IRotatingCredentialProvider credential)
    {
        switch (client)
        {
            case "MySqlConnector":
                using (var orders = new OrdersDatabase(credential, "Server=127.0.0.1;Port=1;Database=orders;Connection Timeout=1"))
                {
                    await using var connection = await orders.OpenAsync(Ct);
                }

                break;
            case "SqlClient":
                await using (await new LedgerDatabase(credential, "Server=tcp:127.0.0.1,1;Database=orders;Connect Timeout=1;Connect Retry Count=0").OpenAsync(Ct))
                {
                    break;
                }

            case "RabbitMQ":
                await using (var broker = new OrdersBroker(credential, static () => new ConnectionFactory { HostName = "127.0.0.1", Port = 1, VirtualHost = "orders" }))
                {
                    await broker.UseAsync(static (_, _) => Task.CompletedTask, Ct);
                }

                break;
            case "MailKit":
                await new OrdersMail(credential, "127.0.0.1", 1, SecureSocketOptions.None).SendAsync(new MimeKit.MimeMessage(), Ct);
                break;
            default:
                await new OrdersDirectory(credential, new LdapDirectoryIdentifier("127.0.0.1", 1), static _ => { }).UseAsync(static _ => 0, Ct);
                break;
        }
    }
}
