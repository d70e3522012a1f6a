using Azure;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.AotApp;

/// <summary>What holds a value without asking the provider: options, configuration, keys of Azure clients, gRPC calls.</summary>
internal static class Consumers
{
    private const string ConfigurationKey = "Stripe:ApiKey";

    public static void Add(HostApplicationBuilder builder, string credentialName)
    {
        builder.Services.AddOptions<ChargeOptions>().BindCredential(credentialName, static (options, credential) => options.ApiKey = credential.Reveal());
        builder.Services.AddRotatingCredentials().ExposeInConfiguration(builder.Configuration, credentialName, ConfigurationKey).AddAzureKeyCredential(credentialName);
    }

    /// <summary>The value that each of them has now, by its name.</summary>
    public static async Task<Dictionary<string, string?>> ReadAsync(IServiceProvider services, string credentialName)
    {
        using var scope = services.CreateScope();
        var calls = new CallHeaders();
        services.GetRequiredKeyedService<IRotatingCredentialProvider>(credentialName).ForConsumer("grpc").ToCallCredentials(prefix: string.Empty).InternalPopulateConfiguration(calls, state: null);
        return new Dictionary<string, string?>
        {
            ["monitor"] = services.GetRequiredService<IOptionsMonitor<ChargeOptions>>().CurrentValue.ApiKey,
            ["snapshot"] = scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<ChargeOptions>>().Value.ApiKey,
            ["configuration"] = services.GetRequiredService<IConfiguration>()[ConfigurationKey],
            ["azure"] = services.GetRequiredKeyedService<AzureKeyCredential>(credentialName).Key,
            ["grpc"] = await calls.ReadAsync("authorization"),
        };
    }

    private sealed class ChargeOptions
    {
        public string? ApiKey { get; set; }
    }

    /// <summary>Takes the place of a channel.</summary>
    private sealed class CallHeaders : CallCredentialsConfiguratorBase
    {
        private AsyncAuthInterceptor? _interceptor;

        public override void SetAsyncAuthInterceptorCredentials(object? state, AsyncAuthInterceptor interceptor) => _interceptor = interceptor;

        public override void SetCompositeCredentials(object? state, IReadOnlyList<CallCredentials> credentials) => throw new NotSupportedException();

        public async Task<string?> ReadAsync(string header)
        {
            var metadata = new Metadata();
            await _interceptor!(new AuthInterceptorContext("https://localhost/greeter", "hello"), metadata);
            return metadata.GetValue(header);
        }
    }
}
