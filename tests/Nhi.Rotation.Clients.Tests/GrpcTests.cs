using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Clients.Tests;

public sealed class GrpcTests
{
    [Fact]
    public async Task Call_credentials_carry_the_version_that_is_current()
    {
        await using var app = new TestApp("first");
        await using var server = await ServeAsync();
        server.Services.GetRequiredService<Accepted>().Tokens = ["Bearer first", "Bearer second"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First(), new GrpcChannelOptions
        {
            UnsafeUseInsecureChannelCallCredentials = true,
            Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, app.Key.ToCallCredentials()),
        });

        Assert.Equal("Bearer first", await CallAsync(channel.CreateCallInvoker()));
        await app.RotateAsync("second");

        Assert.Equal("Bearer second", await CallAsync(channel.CreateCallInvoker()));
    }

    [Fact]
    public async Task A_call_that_is_refused_is_repeated_once_with_the_other_version()
    {
        await using var app = new TestApp("first");
        await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await using var server = await ServeAsync();
        var accepted = server.Services.GetRequiredService<Accepted>();
        accepted.Tokens = ["Bearer first"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First());
        var calls = channel.Intercept(app.Key.ForConsumer("greeter").ToGrpcInterceptor());

        await app.RotateAsync("second");
        Assert.Equal("Bearer first", await CallAsync(calls));
        Assert.Equal(["Bearer second", "Bearer first"], accepted.Seen);
        Assert.Equal("Bearer first", calls.BlockingUnaryCall(GreeterBinder.Echo, host: null, default, "x"));

        accepted.Tokens = [];
        var error = await Assert.ThrowsAsync<RpcException>(() => CallAsync(calls));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    private static async Task<string> CallAsync(CallInvoker calls)
    {
        using var call = calls.AsyncUnaryCall(GreeterBinder.Echo, host: null, new CallOptions(cancellationToken: TestContext.Current.CancellationToken), "x");
        return await call.ResponseAsync;
    }

    private static async Task<WebApplication> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton<Accepted>();
        builder.Services.AddGrpc();
        var app = builder.Build();
        app.MapGrpcService<Greeter>();
        await app.StartAsync();
        return app;
    }

    internal sealed class Accepted
    {
        public HashSet<string> Tokens { get; set; } = [];

        public List<string> Seen { get; } = [];
    }

    [BindServiceMethod(typeof(GreeterBinder), nameof(GreeterBinder.Bind))]
    internal abstract class GreeterBase
    {
        public abstract Task<string> Echo(string request, ServerCallContext context);
    }

    internal sealed class Greeter(Accepted accepted) : GreeterBase
    {
        public override Task<string> Echo(string request, ServerCallContext context)
        {
            var token = context.RequestHeaders.GetValue("authorization")!;
            accepted.Seen.Add(token);
            return accepted.Tokens.Contains(token) ? Task.FromResult(token) : throw new RpcException(new Status(StatusCode.Unauthenticated, "refused"));
        }
    }

    // What protoc would write.
    internal static class GreeterBinder
    {
        private static readonly Marshaller<string> Text = Marshallers.Create(System.Text.Encoding.UTF8.GetBytes, System.Text.Encoding.UTF8.GetString);

        public static Method<string, string> Echo { get; } = new(MethodType.Unary, "test.Greeter", "Echo", Text, Text);

        public static void Bind(ServiceBinderBase binder, GreeterBase? greeter) =>
            binder.AddMethod(Echo, greeter is null ? null! : new UnaryServerMethod<string, string>(greeter.Echo));
    }
}
