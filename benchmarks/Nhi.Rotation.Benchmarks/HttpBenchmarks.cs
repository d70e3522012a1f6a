using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Benchmarks.Support;
using Nhi.Rotation.Http;

namespace Nhi.Rotation.Benchmarks;

/// <summary>What the handler adds to a request, beside handlers that set one constant header. The request itself is in every number.</summary>
[MemoryDiagnoser]
public class HttpBenchmarks
{
    private static readonly Uri Address = new("https://api.example.com/v1/charges");

    private HttpMessageInvoker _none = null!;
    private HttpMessageInvoker _once = null!;
    private HttpMessageInvoker _twice = null!;
    private HttpMessageInvoker _rotating = null!;

    [Params("Authorization", "X-Api-Key")]
    public string Header { get; set; } = null!;

    [GlobalSetup]
    public void Setup()
    {
        const string prefix = "Bearer ";
        const string text = prefix + Keys.Current;
        _none = new HttpMessageInvoker(new ConstantHeaderHandler(Header, text, times: 0) { InnerHandler = new StubHandler() });
        _once = new HttpMessageInvoker(new ConstantHeaderHandler(Header, text, times: 1) { InnerHandler = new StubHandler() });
        _twice = new HttpMessageInvoker(new ConstantHeaderHandler(Header, text, times: 2) { InnerHandler = new StubHandler() });

        var provider = OneCredential.Load(new MemoryBackend(Keys.Version(1, Keys.Current)));
        var registration = new HttpCredentialRegistration("charges", OneCredential.Name, new HttpCredentialOptions().Header(Header, prefix));
        var binding = new HttpCredentialBinding(registration, provider, [AllowedOrigin.FromBaseAddress(Address)!], TimeProvider.System, NullLogger.Instance);
        _rotating = new HttpMessageInvoker(new RotatingCredentialHandler(binding) { InnerHandler = new StubHandler() });
    }

    [Benchmark(Description = "no header")]
    public Task<HttpResponseMessage> None() => Send(_none);

    [Benchmark(Description = "constant header")]
    public Task<HttpResponseMessage> Once() => Send(_once);

    [Benchmark(Baseline = true, Description = "constant header, twice")]
    public Task<HttpResponseMessage> Twice() => Send(_twice);

    [Benchmark(Description = "rotating credential")]
    public Task<HttpResponseMessage> Rotating() => Send(_rotating);

    private static Task<HttpResponseMessage> Send(HttpMessageInvoker client) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Get, Address), CancellationToken.None);
}
