using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.Tests.Http;

public sealed class AllocationTests
{
    private static readonly Uri Address = new("https://api.example.com/v1/charges");

    [Fact]
    public void A_stamped_request_allocates_no_more_than_one_with_a_constant_header()
    {
        var options = new HttpCredentialOptions().Bearer().AllowHosts("api.example.com");
        var binding = new HttpCredentialBinding(
            new HttpCredentialRegistration("charges", "stripe", options),
            new FixedProvider(),
            [.. options.Origins],
            TimeProvider.System,
            NullLogger.Instance);

        var stamped = MeasureBytes(new RedirectHandler(maxRedirects: 50) { InnerHandler = new RotatingCredentialHandler(binding) { InnerHandler = new ReadyHandler() } });
        var constant = MeasureBytes(new ConstantHeaderHandler { InnerHandler = new ReadyHandler() });

        Assert.True(stamped <= constant, $"{stamped} bytes, {constant} with a constant header");
    }

    private static long MeasureBytes(HttpMessageHandler handler)
    {
        using var invoker = new HttpMessageInvoker(handler);
        Send(invoker, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(invoker, 1000);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;
    }

    private static void Send(HttpMessageInvoker invoker, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, Address);
            Assert.True(invoker.SendAsync(request, CancellationToken.None).IsCompletedSuccessfully);
        }
    }

    private sealed class ReadyHandler : HttpMessageHandler
    {
        private readonly Task<HttpResponseMessage> _response = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _response;
    }

    private sealed class ConstantHeaderHandler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer s3cret");
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
