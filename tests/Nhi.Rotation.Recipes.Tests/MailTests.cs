using MailKit.Security;
using MimeKit;
using Nhi.Rotation.Recipes.Tests.Servers;
using SmtpServer;
using SmtpServer.Authentication;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>Mail through an SMTP server that asks for a login.</summary>
public sealed class MailTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port = ServerProcess.FindFreePort();
    private readonly List<string> _logins = [];
    private volatile string _password = "first";
    private Task _server = Task.CompletedTask;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add(new DelegatingUserAuthenticator((user, password) =>
        {
            _logins.Add(password);
            return user == "orders" && password == _password;
        }));
        var options = new SmtpServerOptionsBuilder()
            .ServerName("localhost")
            .Endpoint(endpoint => endpoint.Endpoint(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, _port)).AuthenticationRequired().AllowUnsecureAuthentication())
            .Build();
        _server = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _server;
        _stop.Dispose();
    }

    [Fact]
    public async Task Mail_goes_out_whichever_side_is_first_and_an_error_comes_when_nothing_works()
    {
        await using var app = new App();
        app.Publish("orders", "first");
        await app.StartAsync();
        var mail = new OrdersMail(app.Credential, "localhost", _port, SecureSocketOptions.None);
        await mail.SendAsync(Message(), Ct);

        // The store first.
        app.Publish("orders", "second");
        await app.RefreshAsync();
        await mail.SendAsync(Message(), Ct);

        // The server follows; then the server first.
        _password = "second";
        await mail.SendAsync(Message(), Ct);
        _password = "third";
        app.Publish("orders", "third");
        await mail.SendAsync(Message(), Ct);
        Assert.Equal("third", _logins[^1]);

        _password = "unknown";
        await Assert.ThrowsAsync<AuthenticationException>(() => mail.SendAsync(Message(), Ct));
    }

    private static MimeMessage Message() => new(
        [new MailboxAddress("Orders", "orders@example.com")], [new MailboxAddress("Customer", "customer@example.com")], "Order 7", new TextPart("plain") { Text = "On its way." });
}
