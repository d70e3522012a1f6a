using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;

/// <summary>The OTLP exporters of traces, metrics and logs present the collector's key.</summary>
public static class CollectorKey
{
    public static void Add(IServiceCollection services, string collector)
    {
        services.AddHttpClient("otlp").AddRotatingCredential("collector-key", http => http.Bearer().AllowHosts(collector));
        services.AddOptions<OtlpExporterOptions>().Configure<IServiceProvider>(static (otlp, services) =>
        {
            otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            otlp.HttpClientFactory = () => new HttpClient(new AtFirstExport(services));
        });
    }

    // The exporter of logs is made while logging itself is, which the handler needs; at its first export both are there.
    private sealed class AtFirstExport(IServiceProvider services) : HttpMessageHandler
    {
        private readonly Lazy<HttpMessageInvoker> _exports = new(() => new HttpMessageInvoker(
            services.PresentCredentialsOf("otlp", new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => _exports.Value.Send(request, cancellationToken);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _exports.Value.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing && _exports.IsValueCreated)
            {
                _exports.Value.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
