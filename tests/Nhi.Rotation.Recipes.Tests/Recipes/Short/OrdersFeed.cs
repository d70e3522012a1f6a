using System.Net;
using Microsoft.AspNetCore.SignalR.Client;

/// <summary>A connection to a SignalR hub. One that is refused is tried again with another version, in the same call; the version is held until the connection is closed.</summary>
public sealed class OrdersFeed(IRotatingCredentialProvider token, Uri hub)
{
    private readonly Presenter<string> _presenter = new(token.ForConsumer("feed"), static version => version.Reveal());

    /// <summary>Connects. When the connection is closed, call it again: reconnecting by itself, it would present the same version.</summary>
    public async Task<HubConnection> ConnectAsync(CancellationToken ct)
    {
        for (var shown = await _presenter.TakeAsync(ct); ;)
        {
            var value = shown.Value;
            var connection = new HubConnectionBuilder().WithUrl(hub, options => options.AccessTokenProvider = () => Task.FromResult<string?>(value)).Build();
            try
            {
                await connection.StartAsync(ct);
            }
            catch (Exception error)
            {
                await connection.DisposeAsync();
                if (error is not HttpRequestException { StatusCode: HttpStatusCode.Unauthorized } || await _presenter.FindOtherAsync(shown, ct: ct) is not { } other)
                {
                    throw;
                }

                shown = other;
                continue;
            }

            _presenter.Accepted(shown);
            var hold = shown.Version.Hold(connection);
            connection.Closed += _ =>
            {
                hold.Dispose();
                return Task.CompletedTask;
            };
            return connection;
        }
    }
}
