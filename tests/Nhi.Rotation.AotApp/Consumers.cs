using Azure;
using Grpc.Core;
using Grpc.Core.Interceptors;
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
        return new Dictionary<string, string?>
        {
            ["monitor"] = services.GetRequiredService<IOptionsMonitor<ChargeOptions>>().CurrentValue.ApiKey,
            ["snapshot"] = scope.ServiceProvider.GetRequiredService<IOptionsSnapshot<ChargeOptions>>().Value.ApiKey,
            ["configuration"] = services.GetRequiredService<IConfiguration>()[ConfigurationKey],
            ["azure"] = services.GetRequiredKeyedService<AzureKeyCredential>(credentialName).Key,
            ["grpc"] = await ReadCallAsync(services.GetRequiredKeyedService<IRotatingCredentialProvider>(credentialName).ForConsumer("grpc").ToGrpcInterceptor(prefix: string.Empty)),
        };
    }

    // What would be called answers with what it was given.
    private static async Task<string?> ReadCallAsync(Interceptor interceptor)
    {
        var method = new Method<string, string>(MethodType.Unary, "test.Greeter", "Hello", Marshallers.StringMarshaller, Marshallers.StringMarshaller);
        using var call = interceptor.AsyncUnaryCall("hello", new ClientInterceptorContext<string, string>(method, host: null, default), static (_, context) => new AsyncUnaryCall<string>(
            Task.FromResult(context.Options.Headers!.GetValue("authorization")!),
            Task.FromResult(Metadata.Empty),
            static () => Status.DefaultSuccess,
            static () => [],
            static () => { }));
        return await call.ResponseAsync;
    }

    private sealed class ChargeOptions
    {
        public string? ApiKey { get; set; }
    }
}
