using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Push;

/// <summary>A host with credentials of one secret and a queue that tells of it; its engine and its back-off run on fake time.</summary>
internal sealed class QueueApp : IAsyncDisposable
{
    public const string SecretId = "prod/key";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly IHost _host;

    private QueueApp(IHost host, SecretsManagerServer server, SqsServer sqs, FakeTimeProvider time) => (_host, Server, Sqs, Time) = (host, server, sqs, time);

    public SecretsManagerServer Server { get; }

    public SqsServer Sqs { get; }

    public FakeTimeProvider Time { get; }

    public string Arn => Server.Secret(SecretId).Arn;

    public IRotatingCredentialProvider Provider => _host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("cred");

    public IReadOnlyList<FakeLogRecord> Log(int id) => [.. _host.Services.GetFakeLogCollector().GetSnapshot().Where(entry => entry.Id.Id == id)];

    public IEnumerable<int> LogIds => _host.Services.GetFakeLogCollector().GetSnapshot().Select(entry => entry.Id.Id);

    public string AllLogs => string.Join('\n', _host.Services.GetFakeLogCollector().GetSnapshot().Select(entry => entry.Message));

    public static async Task<QueueApp> StartAsync(Func<SecretsManagerServer, string>? secretId = null, Func<SqsServer, Uri>? queue = null)
    {
        var server = await SecretsManagerServer.StartAsync();
        server.Do("CreateSecret", new { Name = SecretId, SecretString = "one" });
        var sqs = await SqsServer.StartAsync();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddRotatingCredentials()
            .AddCredential("cred", credential => credential.FromAwsSecretsManager(secretId?.Invoke(server) ?? SecretId, aws => aws.Aws = AppFixture.Options(server)).OwnedBy("payments"))
            .ListenToSecretsManagerEvents(queue?.Invoke(sqs) ?? sqs.Queue, options =>
            {
                options.Aws = AppFixture.Options(server);
                options.Aws.DefaultClientConfig.ServiceURL = sqs.Address.ToString();
            });
        var app = new QueueApp(builder.Build(), server, sqs, time);
        await app._host.StartAsync();
        server.Calls.Clear();
        return app;
    }

    public void Put(string value) => Server.Do("PutSecretValue", new { SecretId, SecretString = value });

    /// <summary>Moves time on in small steps until something has happened, or fails.</summary>
    public async Task UntilAsync(Func<bool> happened, TimeSpan step)
    {
        var since = Stopwatch.GetTimestamp();
        while (!happened())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Deadline, $"It did not happen in time. {AllLogs}");
            Time.Advance(step);
            await Task.Delay(5);
        }
    }

    /// <summary>The queue is empty: everything sent was handled and deleted.</summary>
    public Task DrainedAsync() => UntilAsync(() => Sqs.Count == 0, TimeSpan.Zero);

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await Sqs.DisposeAsync();
        await Server.DisposeAsync();
    }
}
