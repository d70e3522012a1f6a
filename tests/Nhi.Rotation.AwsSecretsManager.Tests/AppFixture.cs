using System.Diagnostics;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>An app with one credential, as a user sets it up, against a server; the engine runs on fake time.</summary>
internal sealed class AppFixture : IAsyncDisposable
{
    public const string SecretId = "prod/key";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;

    private bool _ownsServer = true;

    private AppFixture(SecretsManagerServer server, Action<AWSOptions>? configure)
    {
        Server = server;
        var options = Options(server);
        configure?.Invoke(options);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddRotatingCredentials().AddCredential("cred", credential => credential.FromAwsSecretsManager(SecretId, aws => aws.Aws = options));
        _services = services.BuildServiceProvider();
    }

    public SecretsManagerServer Server { get; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public IRotatingCredentialProvider Provider => _services.GetRequiredKeyedService<IRotatingCredentialProvider>("cred");

    /// <summary>A server with the secret's first version, and an app that has not read it yet.</summary>
    public static async Task<AppFixture> StartAsync(Action<AWSOptions>? configure = null)
    {
        var app = new AppFixture(await SecretsManagerServer.StartAsync(), configure);
        app.Server.Do("CreateSecret", new { Name = SecretId, SecretString = "one" });
        return app;
    }

    /// <summary>Another process of the app, at the same server, which stays the first one's.</summary>
    public static AppFixture Restart(AppFixture first) => new(first.Server, configure: null) { _ownsServer = false };

    /// <summary>What points an app's AWS settings at the test server. The SDK's own retries wait in real time, so they are off.</summary>
    public static AWSOptions Options(SecretsManagerServer server)
    {
        var options = new AWSOptions { Credentials = new BasicAWSCredentials(SecretsManagerServer.DefaultIdentity.KeyId, SecretsManagerServer.DefaultIdentity.SecretKey) };
        options.DefaultClientConfig.ServiceURL = server.Address.ToString();
        options.DefaultClientConfig.AuthenticationRegion = "eu-west-1";
        options.DefaultClientConfig.MaxErrorRetry = 0;
        return options;
    }

    public string Put(string value) => Server.Do("PutSecretValue", new { SecretId, SecretString = value })["VersionId"]!.GetValue<string>();

    /// <summary>Refreshes, and moves time on while the refresh waits for it: between retries, and for its time limit.</summary>
    public async Task<BackendException?> RefreshAsync()
    {
        var refresh = Provider.RefreshAsync(RefreshReason.Requested).AsTask();
        await UntilAsync(() => refresh.IsCompleted, TimeSpan.FromMilliseconds(500));
        try
        {
            await refresh;
            return null;
        }
        catch (BackendException error)
        {
            return error;
        }
    }

    /// <summary>Moves time on in steps until something has happened, or fails.</summary>
    public async Task UntilAsync(Func<bool> happened, TimeSpan step)
    {
        var since = Stopwatch.GetTimestamp();
        while (!happened())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Deadline, "It did not happen in time.");
            Time.Advance(step);
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsServer)
        {
            await Server.DisposeAsync();
        }
    }
}
