using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>An app with one credential, whose data sources go to servers that only log in.</summary>
internal sealed class LoginApp : IAsyncDisposable
{
    private const string Name = "orders-db";

    private readonly IHost _host;

    /// <param name="values">The versions that the store has when the app starts, the newest last.</param>
    public LoginApp(params string[] values)
    {
        foreach (var value in values)
        {
            Store.Add(Name, value);
        }

        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddRotatingCredentials().AddCredential(Name, credential => credential.UseBackend(Name, _ => Store));
        _host = builder.Build();
    }

    public FakeCredentialBackend Store { get; } = new(TimeProvider.System);

    public IRotatingCredentialProvider Credential => _host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(Name);

    /// <summary>A value whose password is the user name.</summary>
    public static string Value(string user) => $$"""{"username":"{{user}}","password":"{{user}}"}""";

    public Task StartAsync() => _host.StartAsync();

    /// <summary>The store has another version, and the app knows it.</summary>
    public async Task RotateToAsync(string user)
    {
        Store.Add(Name, Value(user));
        await Credential.RefreshAsync(RefreshReason.Requested);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
