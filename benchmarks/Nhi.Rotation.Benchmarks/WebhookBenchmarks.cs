using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.AspNetCore.Webhooks;
using Nhi.Rotation.Benchmarks.Support;

namespace Nhi.Rotation.Benchmarks;

/// <summary>
/// What an endpoint pays for a verified message of 2 KiB: headers, body, HMAC, the memory of replays and the evidence; beside a check of one key by hand, of a
/// body that is in memory already.
/// </summary>
[MemoryDiagnoser]
public class WebhookBenchmarks
{
    private const string Header = "X-Hub-Signature-256";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(Keys.Current);
    private readonly byte[] _body = Encoding.UTF8.GetBytes(string.Concat("{\"ref\":\"", new string('x', 2038), "\"}"));
    private string _signature = null!;
    private Endpoint _oneKey = null!;
    private Endpoint _twoKeys = null!;

    [GlobalSetup]
    public void Setup()
    {
        _signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(_key, _body));
        _oneKey = new Endpoint(_body, _signature, Keys.Version(2, Keys.Current));
        _twoKeys = new Endpoint(_body, _signature, Keys.Version(1, Keys.Previous), Keys.Version(2, Keys.Current));
        if (_body.Length != 2048 || !ByHand() || !_oneKey.IsAccepted() || !_twoKeys.IsAccepted())
        {
            throw new InvalidOperationException("A message of 2 KiB was to be accepted three times.");
        }
    }

    [Benchmark(Baseline = true, Description = "HMAC and FixedTimeEquals, one key")]
    public bool ByHand() =>
        _signature.StartsWith("sha256=", StringComparison.Ordinal)
        && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, _body), Convert.FromHexString(_signature.AsSpan(7)));

    [Benchmark(Description = "endpoint, one accepted key")]
    public Task OneKey() => _oneKey.InvokeAsync();

    [Benchmark(Description = "endpoint, two accepted keys")]
    public Task TwoKeys() => _twoKeys.InvokeAsync();

    private sealed class Endpoint
    {
        private readonly DefaultHttpContext _context = new();
        private readonly MemoryStream _body;
        private readonly WebhookVerifier _verifier;

        public Endpoint(byte[] body, string signature, params BackendVersion[] keys)
        {
            _body = new MemoryStream(body);
            _context.Request.Body = _body;
            _context.Request.ContentLength = body.Length;
            _context.Request.Headers[Header] = signature;
            var provider = OneCredential.Load(new MemoryBackend(keys), new CredentialOptions { Overlap = TimeSpan.FromDays(36_500) });
            var options = new WebhookOptions();
            var source = new WebhookSource("/hook", provider, new SignatureFormat(WebhookScheme.GitHub), options.Caller, TimeProvider.System, NullLogger.Instance);
            var memory = new MessageMemory("/hook", new RecentMessages(options.MaxRememberedMessages, 2 * options.Tolerance), shared: null, options, TimeProvider.System, NullLogger.Instance);
            _verifier = new WebhookVerifier(Next, "/hook", [source], options, memory, TimeProvider.System, NullLogger.Instance);
        }

        public Task InvokeAsync()
        {
            _body.Position = 0;
            return _verifier.InvokeAsync(_context);
        }

        public bool IsAccepted()
        {
            InvokeAsync().GetAwaiter().GetResult();
            return _context.Features.Get<VerifiedWebhook>()?.Stage == CredentialStage.Current;
        }

        // A message that was not dealt with may come again.
        private static Task Next(HttpContext context)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        }
    }
}
