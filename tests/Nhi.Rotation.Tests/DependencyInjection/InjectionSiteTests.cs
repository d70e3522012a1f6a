using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.DependencyInjection;

/// <summary>Two classes under one name are told of when it matters who moved.</summary>
public sealed class InjectionSiteTests
{
    private const int SharedConsumer = 137;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Classes_that_use_a_credential_without_a_name_are_named_once_when_a_version_is_replaced()
    {
        var (host, log, backend) = await StartAsync(services => services.AddSingleton<Orders>().AddKeyedSingleton<Reports>("monthly"));
        using var h = host;
        host.Services.GetRequiredService<Orders>().Use();
        Assert.Empty(Told(log));

        await RotateAsync(host, backend, "two");
        await RotateAsync(host, backend, "three");

        Assert.Equal(
            ["Credential 'stripe' is given to Orders, Reports, and a version of it was used by shop, which is everybody who did not say who they are: they count as one, and as moved when one of them has. Give each a name with ForConsumer."],
            Told(log));
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task Who_says_its_name_is_not_told_of()
    {
        var (host, log, backend) = await StartAsync(services => services.AddSingleton<Orders>().AddSingleton<Reports>());
        using var h = host;
        host.Services.GetRequiredService<Reports>().Use();

        await RotateAsync(host, backend, "two");

        Assert.Empty(Told(log));
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task One_class_alone_shares_with_nobody()
    {
        var (host, log, backend) = await StartAsync(services => services.AddSingleton<Orders>().AddSingleton<Other>());
        using var h = host;
        host.Services.GetRequiredService<Orders>().Use();

        await RotateAsync(host, backend, "two");

        Assert.Empty(Told(log));
        await host.StopAsync(Ct);
    }

    private static async Task<(IHost Host, FakeLogCollector Log, ScriptedBackend Backend)> StartAsync(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddFakeLogging();
        var backend = new ScriptedBackend().Put("v1", "one");
        builder.Services.AddRotatingCredentials()
            .Configure(options => options.ApplicationName = "shop")
            .AddCredential("stripe", c => c.UseBackend("stripe", _ => backend).Configure(options => options.MinimumLength = 1))
            .AddCredential("mail", c => c.UseBackend("mail", _ => new ScriptedBackend().Put("v1", "of mail")).Configure(options => options.MinimumLength = 1));
        add(builder.Services);
        var host = builder.Build();
        await host.StartAsync(Ct);
        return (host, host.Services.GetFakeLogCollector(), backend);
    }

    private static async Task RotateAsync(IHost host, ScriptedBackend backend, string value)
    {
        backend.Put($"v-{value}", value);
        await host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe").RefreshAsync(RefreshReason.Requested, Ct);
    }

    private static string[] Told(FakeLogCollector log) => [.. log.GetSnapshot().Where(entry => entry.Id.Id == SharedConsumer).Select(entry => entry.Message)];

    private sealed class Orders([FromKeyedServices("stripe")] IRotatingCredentialProvider key)
    {
        public void Use() => key.Current.Reveal();
    }

    private sealed class Reports([FromKeyedServices("stripe")] IRotatingCredentialProvider key)
    {
        private readonly IRotatingCredentialProvider _key = key.ForConsumer("reports");

        public void Use() => _key.Current.Reveal();
    }

    private sealed class Other([FromKeyedServices("mail")] IRotatingCredentialProvider key)
    {
        public string Name => key.Name;
    }
}
