using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.Tests.Http;

public sealed class AllocationTests
{
    private static readonly Uri Address = new("https://api.example.com/v1/charges");

    [Theory]
    [InlineData("Authorization", "no body")]
    [InlineData("X-Api-Key", "no body")]
    [InlineData("Authorization", "bytes")]
    [InlineData("Authorization", "text")]
    [InlineData("Authorization", "a stream")]
    [InlineData("Authorization", "an SDK's, too long to be kept")]
    [InlineData("Authorization", "an SDK's, of unknown length")]
    public void A_stamped_request_allocates_no_more_than_one_with_a_constant_header(string header, string body)
    {
        var (stamped, constant) = Measure(header, body, maxBufferedBody: 64 * 1024);

        Assert.True(stamped <= constant, $"{stamped} bytes, {constant} with a constant header");
    }

    [Fact]
    public void Keeping_a_body_costs_only_those_of_unknown_kind_and_about_their_length()
    {
        var (kept, constant) = Measure("Authorization", "an SDK's", maxBufferedBody: 64 * 1024);
        var (unkept, _) = Measure("Authorization", "an SDK's", maxBufferedBody: 0);

        Assert.True(unkept <= constant, $"{unkept} bytes, {constant} with a constant header");
        Assert.InRange(kept - constant, SdkBody.Length, SdkBody.Length + 2_048);
    }

    private static (long Stamped, long Constant) Measure(string header, string body, int maxBufferedBody)
    {
        var options = new HttpCredentialOptions { MaxBufferedBody = maxBufferedBody }.Header(header, "Bearer ").AllowHosts("api.example.com");
        var binding = new HttpCredentialBinding(
            new HttpCredentialRegistration("charges", "stripe", options),
            new FixedProvider(),
            [.. options.Origins],
            TimeProvider.System,
            NullLogger.Instance);

        var stamped = MeasureBytes(new RedirectHandler(maxRedirects: 50) { InnerHandler = new RotatingCredentialHandler(binding) { InnerHandler = new ReadyHandler() } }, body);
        return (stamped, MeasureBytes(new ConstantHeaderHandler(header) { InnerHandler = new ReadyHandler() }, body));
    }

    private static long MeasureBytes(HttpMessageHandler handler, string body)
    {
        using var invoker = new HttpMessageInvoker(handler);
        Send(invoker, body, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(invoker, body, 1000);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
    }

    private static void Send(HttpMessageInvoker invoker, string body, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, Address) { Content = Body(body) };
            Assert.True(invoker.SendAsync(request, CancellationToken.None).IsCompletedSuccessfully);
        }
    }

    private static HttpContent? Body(string kind) => kind switch
    {
        "bytes" => new ByteArrayContent([1, 2, 3]),
        "text" => new StringContent("text"),
        "a stream" => new StreamContent(Stream.Null),
        "an SDK's" => new SdkBody(SdkBody.Length),
        "an SDK's, too long to be kept" => new SdkBody((64 * 1024) + 1),
        "an SDK's, of unknown length" => new SdkBody(null),
        _ => null,
    };

    private sealed class ReadyHandler : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _response = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        // As a connection does, it asks for the length, which a content computes and keeps at the first time.
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            request.Content?.Headers.ContentLength is null or >= 0 ? _response : throw new InvalidOperationException();
    }

    private sealed class SdkBody(long? length) : HttpContent
    {
        public const int Length = 10_000;

        private static readonly byte[] Bytes = new byte[Length];

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            stream.Write(Bytes);
            return Task.CompletedTask;
        }

        protected override bool TryComputeLength(out long known)
        {
            known = length ?? 0;
            return length is not null;
        }
    }

    private sealed class ConstantHeaderHandler(string header) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation(header, "Bearer s3cret");
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class FixedProvider : IRotatingCredentialProvider
    {
        public string Name => "stripe";

        public string Consumer => "charges";

        public Credential Current { get; } = new("stripe", "v1", SecretValue.FromText("s3cret"));

        public CredentialSet Credentials => new(Name, generation: 1, Current);

        public ValueTask<Credential> GetCurrentAsync(CancellationToken ct = default) => ValueTask.FromResult(Current);

        public CredentialMatch Match(ReadOnlySpan<byte> presented, string? caller = null) => throw new NotSupportedException();

        public CredentialMatch MatchProof(Func<Credential, bool> proves, string? caller = null) => throw new NotSupportedException();

        public void Report(Credential credential, CredentialOutcome outcome)
        {
        }

        public ValueTask<CredentialSet> RefreshAsync(RefreshReason reason, CancellationToken ct = default) => throw new NotSupportedException();

        public ValueTask RevokeAsync(string versionId, string why, CancellationToken ct = default) => throw new NotSupportedException();

        public IRotatingCredentialProvider ForConsumer(string consumer) => this;

        public IDerived<T> Derive<T>(Func<Credential, T> build) => new Fixed<T>(build(Current), Current);

        public IChangeToken GetChangeToken() => throw new NotSupportedException();

        private sealed record Fixed<T>(T Current, Credential Source) : IDerived<T>;
    }
}
