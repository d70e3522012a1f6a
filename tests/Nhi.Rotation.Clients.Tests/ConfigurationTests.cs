using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Clients.Tests;

public sealed class ConfigurationTests
{
    [Fact]
    public async Task Keys_appear_at_start_and_follow_the_rotation()
    {
        var ct = TestContext.Current.CancellationToken;
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("key", "first");
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddRotatingCredentials()
            .AddCredential("key", c => c.UseBackend("key", _ => backend))
            .ExposeInConfiguration(builder.Configuration, "key", "Stripe:ApiKey");
        using var host = builder.Build();
        Assert.Null(builder.Configuration["Stripe:ApiKey"]);
        var reloads = 0;
        using var subscription = ChangeToken.OnChange(((Microsoft.Extensions.Configuration.IConfiguration)builder.Configuration).GetReloadToken, () => reloads++);

        await host.StartAsync(ct);
        Assert.Equal("first", builder.Configuration["Stripe:ApiKey"]);
        Assert.Equal(1, reloads);

        backend.Add("key", "second");
        await host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("key").RefreshAsync(RefreshReason.Requested, ct);

        Assert.Equal("second", builder.Configuration["Stripe:ApiKey"]);
        Assert.Equal(2, reloads);
        var uses = host.Services.GetRequiredService<IRotationLedger>().GetUses("key").Where(use => use.Uses > 0).ToList();
        Assert.All(uses, use => Assert.Equal("configuration", use.Consumer));
        Assert.Equal(1, uses.Single(use => use.Stage == CredentialStage.Current).Held);
        Assert.Equal(0, uses.Single(use => use.Stage == CredentialStage.Previous).Held);
        await host.StopAsync(ct);
    }
}
