using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

/// <summary>Sends mail. A login that is refused is tried again with another version, in the same call.</summary>
public sealed class OrdersMail(IRotatingCredentialProvider credential, string host, int port, SecureSocketOptions security)
{
    private readonly Presenter<UsernamePassword> _presenter = new(credential.ForConsumer("mail"), version => UsernamePassword.Parse(version).RequireServer(host, port));

    public async Task SendAsync(MimeMessage message, CancellationToken ct)
    {
        for (var shown = await _presenter.TakeAsync(ct); ;)
        {
            using var client = new SmtpClient();
            await client.ConnectAsync(host, port, security, ct);
            try
            {
                await client.AuthenticateAsync(shown.Value.Username ?? throw new InvalidOperationException("The value has no user name."), shown.Value.Password, ct);
            }
            catch (AuthenticationException)
            {
                if (await _presenter.FindOtherAsync(shown, ct: ct) is not { } other)
                {
                    throw;
                }

                shown = other;
                continue;
            }

            _presenter.Accepted(shown);
            using var hold = shown.Version.Hold();
            await client.SendAsync(message, ct);
            await client.DisconnectAsync(quit: true, ct);
            return;
        }
    }
}
