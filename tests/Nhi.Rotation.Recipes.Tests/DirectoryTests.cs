using System.Collections.Frozen;
using System.DirectoryServices.Protocols;
using System.Net;
using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>Work on a real OpenLDAP directory, whose user gets other passwords.</summary>
public sealed class DirectoryTests
{
    private const string Root = "dc=example";
    private const string Admin = $"cn=admin,{Root}";
    private const string User = $"cn=orders,{Root}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_directory_is_searched_whichever_side_is_first_and_an_error_comes_when_nothing_works()
    {
        var slapd = Installed.Program("slapd", "slapd", "/usr/sbin");
        var folder = await ServerProcess.MakeFolderAsync("ldap", Environment.UserName);
        var port = ServerProcess.FindFreePort();
        var admin = ServerProcess.NewPassword();
        var configuration = Path.Combine(folder, "slapd.conf");
        await File.WriteAllLinesAsync(
            configuration,
            [
                "include /etc/ldap/schema/core.schema", $"pidfile {folder}/pid", "modulepath /usr/lib/ldap", "moduleload back_mdb", "database mdb", $"suffix \"{Root}\"",
                $"rootdn \"{Admin}\"", $"rootpw {admin}", $"directory {folder}", "access to attrs=userPassword by anonymous auth by * none", "access to * by users read by * none",
            ],
            Ct);
        var lines = new LastLines();
        await using var server = ServerProcess.Start(Environment.UserName, FrozenDictionary<string, string>.Empty, lines.Add, slapd, "-h", $"ldap://127.0.0.1:{port}", "-f", configuration, "-d", "0");
        var identifier = new LdapDirectoryIdentifier("127.0.0.1", port);
        await server.WaitUntilUpAsync<LdapException>(
            () =>
            {
                using var connection = AdminConnection(identifier, admin);
                return Task.CompletedTask;
            },
            lines.ToString);
        using var directory = AdminConnection(identifier, admin);
        directory.SendRequest(new AddRequest(Root, new DirectoryAttribute("objectClass", "dcObject", "organization"), new DirectoryAttribute("dc", "example"), new DirectoryAttribute("o", "Example")));
        directory.SendRequest(new AddRequest(User, new DirectoryAttribute("objectClass", "person"), new DirectoryAttribute("cn", "orders"), new DirectoryAttribute("sn", "orders"), new DirectoryAttribute("userPassword", "first")));

        await RotateAsync(identifier, password => directory.SendRequest(new ModifyRequest(User, DirectoryAttributeOperation.Replace, "userPassword", password)));
    }

    private static async Task RotateAsync(LdapDirectoryIdentifier identifier, Action<string> setPassword)
    {
        await using var app = new App();
        app.Publish(User, "first");
        await app.StartAsync();
        var orders = new OrdersDirectory(app.Credential, identifier, static _ => { });
        await FindAsync(orders);

        // The store first, and the directory follows.
        app.Publish(User, "second");
        await app.RefreshAsync();
        await FindAsync(orders);
        setPassword("second");
        await FindAsync(orders);

        // The directory first.
        setPassword("third");
        app.Publish(User, "third");
        await FindAsync(orders);
        Assert.Equal(0, app.HeldBy("v3"));

        setPassword("unknown");
        await Assert.ThrowsAsync<LdapException>(() => FindAsync(orders));
    }

    private static async Task FindAsync(OrdersDirectory orders) => Assert.Equal(
        1, await orders.UseAsync(static connection => ((SearchResponse)connection.SendRequest(new SearchRequest(Root, "(cn=orders)", SearchScope.Subtree))).Entries.Count, Ct));

    private static LdapConnection AdminConnection(LdapDirectoryIdentifier identifier, string password)
    {
        var connection = new LdapConnection(identifier, new NetworkCredential(Admin, password), AuthType.Basic);
        connection.SessionOptions.ProtocolVersion = 3;
        connection.Bind();
        return connection;
    }
}
