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
    public async Task A_call_carries_the_version_that_is_current()
    {
        await using var app = new TestApp("first");
        await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await using var server = await ServeAsync();
        server.Services.GetRequiredService<Accepted>().Tokens = ["Bearer first", "Bearer second"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First());
        var calls = channel.Intercept(app.Key.ToGrpcInterceptor());

        Assert.Equal("Bearer first", await CallAsync(calls));
        await app.RotateAsync("second");

        Assert.Equal("Bearer second", await CallAsync(calls));
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
        Assert.Equal(["greeter"], app.RejectedBy);
    }

    [Fact]
    public async Task What_the_caller_streams_is_sent_once_and_the_next_call_has_another_version()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var server = await ServeAsync();
        var accepted = server.Services.GetRequiredService<Accepted>();
        accepted.Tokens = ["Bearer first"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First());
        foreach (var kind in new Func<CallInvoker, Task<string>>[] { ClientStreamAsync, DuplexAsync })
        {
            await using var app = new TestApp("before");
            await app.Key.GetCurrentAsync(ct);
            var first = await app.RotateAsync("first");
            await app.RotateAsync("second");
            var calls = channel.Intercept(app.Key.ToGrpcInterceptor());
            accepted.Seen.Clear();

            var error = await Assert.ThrowsAsync<RpcException>(() => kind(calls));
            Assert.Equal((StatusCode.Unauthenticated, 1), (error.StatusCode, app.Rejections));
            Assert.Equal("Bearer first", await kind(calls));

            Assert.Equal(1, app.Rejections);
            Assert.NotNull(app.AcceptedAt(first));
            Assert.Equal(["Bearer second", "Bearer first"], accepted.Seen);
        }
    }

    [Fact]
    public async Task A_server_stream_that_is_refused_before_its_first_message_is_made_again()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var app = new TestApp("first");
        await app.Key.GetCurrentAsync(ct);
        await app.RotateAsync("second");
        await using var server = await ServeAsync();
        var accepted = server.Services.GetRequiredService<Accepted>();
        accepted.Tokens = ["Bearer first"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First());
        var calls = channel.Intercept(app.Key.ToGrpcInterceptor());

        using var call = calls.AsyncServerStreamingCall(GreeterBinder.ServerStream, host: null, new CallOptions(cancellationToken: ct), "x");
        await call.ResponseHeadersAsync;
        Assert.True(await call.ResponseStream.MoveNext(ct));
        Assert.Equal("Bearer first", call.ResponseStream.Current);
        Assert.False(await call.ResponseStream.MoveNext(ct));

        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Equal(["Bearer second", "Bearer first"], accepted.Seen);
        accepted.Tokens = [];
        Assert.Equal(StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(() => ServerStreamAsync(calls))).StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_the_server_rotates_first_no_call_and_no_server_stream_fails(bool isStream)
    {
        await using var app = new TestApp("first");
        await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await using var server = await ServeAsync();
        server.Services.GetRequiredService<Accepted>().Tokens = ["Bearer second"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First());
        app.Backend.Add("key", "second");
        var calls = channel.Intercept(app.Key.ToGrpcInterceptor());

        Assert.Equal("Bearer second", isStream ? await ServerStreamAsync(calls) : await CallAsync(calls));
    }

    [Fact]
    public async Task A_server_that_lags_behind_decides_nothing_for_one_that_has_rotated()
    {
        await using var app = new TestApp("first");
        await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await app.RotateAsync("second");
        await using var lagging = await ServeAsync();
        await using var rotated = await ServeAsync();
        lagging.Services.GetRequiredService<Accepted>().Tokens = ["Bearer first"];
        rotated.Services.GetRequiredService<Accepted>().Tokens = ["Bearer second"];
        using var channelOfLagging = GrpcChannel.ForAddress(lagging.Urls.First());
        using var channelOfRotated = GrpcChannel.ForAddress(rotated.Urls.First());
        var toLagging = channelOfLagging.Intercept(app.Key.ToGrpcInterceptor());
        var toRotated = channelOfRotated.Intercept(app.Key.ToGrpcInterceptor());

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("Bearer first", await CallAsync(toLagging));
            Assert.Equal("Bearer second", await CallAsync(toRotated));
        }

        // Each has learnt it once.
        Assert.Equal(["Bearer second", "Bearer first"], lagging.Services.GetRequiredService<Accepted>().Seen.Distinct());
        Assert.Equal(51, lagging.Services.GetRequiredService<Accepted>().Seen.Count);
        Assert.Equal(50, rotated.Services.GetRequiredService<Accepted>().Seen.Count);
    }

    [Fact]
    public async Task A_version_that_cannot_be_sent_is_passed_over_at_the_start_too()
    {
        await using var app = new TestApp("first");
        app.Backend.Add("key", "line\nbreak");
        await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await using var server = await ServeAsync();
        server.Services.GetRequiredService<Accepted>().Tokens = ["Bearer first"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First());

        Assert.Equal("Bearer first", await CallAsync(channel.Intercept(app.Key.ToGrpcInterceptor())));
    }

    [Fact]
    public async Task A_header_that_the_caller_set_by_hand_is_replaced()
    {
        await using var app = new TestApp("first");
        await app.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await using var server = await ServeAsync();
        server.Services.GetRequiredService<Accepted>().Tokens = ["Bearer first"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First());
        var calls = channel.Intercept(app.Key.ToGrpcInterceptor(header: "Authorization"));

        using var call = calls.AsyncUnaryCall(GreeterBinder.Echo, host: null, new CallOptions([new("authorization", "Bearer by-hand"), new("x", "y")]), "x");

        Assert.Equal("Bearer first", await call.ResponseAsync);
    }

    [Theory]
    [InlineData("key-bin", "")]
    [InlineData("a b", "")]
    [InlineData("key", "Bearer\n")]
    public async Task A_header_or_prefix_that_metadata_cannot_carry_is_refused_at_once(string header, string prefix)
    {
        await using var app = new TestApp("first");

        Assert.Throws<ArgumentException>(() => app.Key.ToGrpcInterceptor(header, prefix));
    }

    [Fact]
    public async Task A_version_that_was_revoked_is_not_sent_in_place_of_one_that_cannot_be()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var app = new TestApp("first");
        var leaked = (await app.Key.GetCurrentAsync(ct)).VersionId;
        await using var server = await ServeAsync();
        var accepted = server.Services.GetRequiredService<Accepted>();
        accepted.Tokens = ["Bearer first"];
        using var channel = GrpcChannel.ForAddress(server.Urls.First());
        var calls = channel.Intercept(app.Key.ToGrpcInterceptor());
        await app.RotateAsync("line\nbreak");
        Assert.Equal("Bearer first", await CallAsync(calls));

        await app.Key.RevokeAsync(leaked, "leaked", ct);

        await Assert.ThrowsAsync<CredentialFormatException>(() => CallAsync(calls));
        Assert.Single(accepted.Seen);
    }

    [Theory]
    [InlineData("server", false)]
    [InlineData("server", true)]
    [InlineData("duplex", false)]
    [InlineData("duplex", true)]
    [InlineData("client", false)]
    [InlineData("client", true)]
    public async Task A_call_that_goes_on_holds_its_version_until_it_ends_or_is_disposed(string kind, bool isDisposed)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var app = new TestApp("first");
        var old = (await app.Key.GetCurrentAsync(ct)).VersionId;
        await using var server = await ServeAsync();
        var accepted = server.Services.GetRequiredService<Accepted>();
        var open = new TaskCompletionSource();
        (accepted.Tokens, accepted.Open) = (["Bearer first"], open.Task);
        using var channel = GrpcChannel.ForAddress(server.Urls.First());
        var calls = channel.Intercept(app.Key.ForConsumer("feed").ToGrpcInterceptor());
        var options = new CallOptions(cancellationToken: ct);

        var (call, next) = await OpenAsync();
        Assert.Equal(1, app.Held(old));
        await app.RotateAsync("second");

        Assert.Equal(1, app.Held(old));
        var verdict = Assert.Single(app.Services.GetRequiredService<IRotationLedger>().GetRotations("key")).Verdict;
        Assert.Equal((VerdictKind.StillUsed, "feed still holds 1 connection or session opened with it."), (verdict.Kind, Assert.Single(verdict.Reasons)));

        if (isDisposed)
        {
            call.Dispose();
        }
        else
        {
            open.SetResult();
            await next();
        }

        Assert.Equal(0, app.Held(old));
        call.Dispose();
        Assert.Equal(0, app.Held(old));

        async Task<(IDisposable Call, Func<Task> Next)> OpenAsync()
        {
            switch (kind)
            {
                case "server":
                    var stream = calls.AsyncServerStreamingCall(GreeterBinder.ServerStream, host: null, options, "x");
                    Assert.True(await stream.ResponseStream.MoveNext(ct));
                    return (stream, async () => Assert.False(await stream.ResponseStream.MoveNext(ct)));
                case "duplex":
                    var duplex = calls.AsyncDuplexStreamingCall(GreeterBinder.Duplex, host: null, options);
                    Assert.True(await duplex.ResponseStream.MoveNext(ct));
                    return (duplex, async () => Assert.False(await duplex.ResponseStream.MoveNext(ct)));
                default:
                    var sending = calls.AsyncClientStreamingCall(GreeterBinder.ClientStream, host: null, options);
                    return (sending, async () => Assert.Equal("Bearer first", await sending.ResponseAsync));
            }
        }
    }

    [Fact]
    public async Task A_call_that_is_made_again_holds_the_version_that_it_was_made_with()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var app = new TestApp("first");
        var old = (await app.Key.GetCurrentAsync(ct)).VersionId;
        var refused = await app.RotateAsync("second");
        await using var server = await ServeAsync();
        var accepted = server.Services.GetRequiredService<Accepted>();
        (accepted.Tokens, accepted.Open) = (["Bearer first"], new TaskCompletionSource().Task);
        using var channel = GrpcChannel.ForAddress(server.Urls.First());

        using var call = channel.Intercept(app.Key.ToGrpcInterceptor()).AsyncServerStreamingCall(GreeterBinder.ServerStream, host: null, new CallOptions(cancellationToken: ct), "x");
        Assert.True(await call.ResponseStream.MoveNext(ct));

        Assert.Equal((1, 0), (app.Held(old), app.Held(refused)));
    }

    internal static async Task<string> ServerStreamAsync(CallInvoker calls)
    {
        using var call = calls.AsyncServerStreamingCall(GreeterBinder.ServerStream, host: null, new CallOptions(cancellationToken: TestContext.Current.CancellationToken), "x");
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return call.ResponseStream.Current;
    }

    private static async Task<string> ClientStreamAsync(CallInvoker calls)
    {
        using var call = calls.AsyncClientStreamingCall(GreeterBinder.ClientStream, host: null, new CallOptions(cancellationToken: TestContext.Current.CancellationToken));
        return await call.ResponseAsync;
    }

    private static async Task<string> DuplexAsync(CallInvoker calls)
    {
        using var call = calls.AsyncDuplexStreamingCall(GreeterBinder.Duplex, host: null, new CallOptions(cancellationToken: TestContext.Current.CancellationToken));
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return call.ResponseStream.Current;
    }

    internal static async Task<string> CallAsync(CallInvoker calls)
    {
        using var call = calls.AsyncUnaryCall(GreeterBinder.Echo, host: null, new CallOptions(cancellationToken: TestContext.Current.CancellationToken), "x");
        return await call.ResponseAsync;
    }

    internal static async Task<WebApplication> ServeAsync()
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

        /// <summary>Streams go on until then.</summary>
        public Task Open { get; set; } = Task.CompletedTask;
    }

    [BindServiceMethod(typeof(GreeterBinder), nameof(GreeterBinder.Bind))]
    internal abstract class GreeterBase
    {
        public abstract Task<string> Echo(string request, ServerCallContext context);

        public abstract Task ServerStream(string request, IServerStreamWriter<string> responses, ServerCallContext context);

        public abstract Task<string> ClientStream(IAsyncStreamReader<string> requests, ServerCallContext context);

        public abstract Task Duplex(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context);
    }

    internal sealed class Greeter(Accepted accepted) : GreeterBase
    {
        public override Task<string> Echo(string request, ServerCallContext context)
        {
            var token = context.RequestHeaders.GetValue("authorization")!;
            accepted.Seen.Add(token);
            return accepted.Tokens.Contains(token) ? Task.FromResult(token) : throw new RpcException(new Status(StatusCode.Unauthenticated, "refused"));
        }

        public override async Task ServerStream(string request, IServerStreamWriter<string> responses, ServerCallContext context) =>
            await SendAsync(await Echo(request, context), responses, context.CancellationToken);

        public override async Task<string> ClientStream(IAsyncStreamReader<string> requests, ServerCallContext context)
        {
            var answer = await Echo(string.Empty, context);
            await accepted.Open.WaitAsync(context.CancellationToken);
            return answer;
        }

        private async Task SendAsync(string answer, IServerStreamWriter<string> responses, CancellationToken ct)
        {
            await responses.WriteAsync(answer, ct);
            await accepted.Open.WaitAsync(ct);
        }

        public override Task Duplex(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context) =>
            ServerStream(string.Empty, responses, context);
    }

    // What protoc would write.
    internal static class GreeterBinder
    {
        private static readonly Marshaller<string> Text = Marshallers.Create(System.Text.Encoding.UTF8.GetBytes, System.Text.Encoding.UTF8.GetString);

        public static Method<string, string> Echo { get; } = new(MethodType.Unary, "test.Greeter", "Echo", Text, Text);

        public static Method<string, string> ServerStream { get; } = new(MethodType.ServerStreaming, "test.Greeter", "ServerStream", Text, Text);

        public static Method<string, string> ClientStream { get; } = new(MethodType.ClientStreaming, "test.Greeter", "ClientStream", Text, Text);

        public static Method<string, string> Duplex { get; } = new(MethodType.DuplexStreaming, "test.Greeter", "Duplex", Text, Text);

        public static void Bind(ServiceBinderBase binder, GreeterBase? greeter)
        {
            binder.AddMethod(Echo, greeter is null ? null! : new UnaryServerMethod<string, string>(greeter.Echo));
            binder.AddMethod(ServerStream, greeter is null ? null! : new ServerStreamingServerMethod<string, string>(greeter.ServerStream));
            binder.AddMethod(ClientStream, greeter is null ? null! : new ClientStreamingServerMethod<string, string>(greeter.ClientStream));
            binder.AddMethod(Duplex, greeter is null ? null! : new DuplexStreamingServerMethod<string, string>(greeter.Duplex));
        }
    }
}
