using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Tests.DependencyInjection;

/// <summary>A log provider whose own key rotates, as that of a log service does.</summary>
public sealed class LogProviderTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_application_whose_log_provider_presents_a_credential_starts_and_is_heard()
    {
        var key = Path.Join(Directory.CreateTempSubdirectory("log-key-").FullName, "key");
        await File.WriteAllTextAsync(key, "one", Ct);
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddRotatingCredentials().AddCredential("log-key", credential => credential.FromFiles(key)).WriteEvidenceToLogs();
        builder.Services.AddSingleton<ILoggerProvider>(static services => new LogService(services.GetRequiredKeyedService<IRotatingCredentialProvider>("log-key")));

        // In a thread of its own: what waits for itself waits for ever.
        var starting = Task.Run(
            async () =>
            {
                var host = builder.Build();
                await host.StartAsync(Ct);
                return host;
            },
            Ct);
        using var host = await starting.WaitAsync(Deadline, Ct);
        var logs = Assert.IsType<LogService>(host.Services.GetRequiredService<ILoggerProvider>());
        await host.StopAsync(Ct);

        // The engine's own lines, the evidence, and each line sent with the key.
        Assert.Contains(("Nhi.Rotation", 100), logs.Lines);
        Assert.Contains(("Nhi.Rotation.Evidence", 142), logs.Lines);
    }

    [Fact]
    public void What_is_said_while_log_providers_are_made_is_not_waited_for()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<ILoggerProvider>(static provider =>
        {
            provider.GetBackendLogger("early").LogWarning("nobody can write this yet");
            return new LogService(key: null);
        });
        using var provider = services.BuildServiceProvider();

        var logger = provider.GetBackendLogger("late");
        logger.LogWarning("this is written");

        Assert.Equal([("late", 0)], Assert.IsType<LogService>(provider.GetRequiredService<ILoggerProvider>()).Lines);
    }

    [Fact]
    public void Without_logging_and_after_the_end_nothing_is_written_and_nothing_fails()
    {
        var without = new ServiceCollection().BuildServiceProvider().GetBackendLogger("category");
        var provider = new ServiceCollection().AddLogging().AddSingleton<ILoggerProvider>(new LogService(key: null)).BuildServiceProvider();
        var late = provider.GetBackendLogger("category");
        provider.Dispose();

        without.LogWarning("nowhere");
        late.LogWarning("too late");

        Assert.False(without.IsEnabled(LogLevel.Critical));
        Assert.False(late.IsEnabled(LogLevel.Critical));
    }

    private sealed class LogService(IRotatingCredentialProvider? key) : ILoggerProvider
    {
        public ConcurrentQueue<(string Category, int Event)> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(LogService service, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                // As a log service's client does; the value is what it would send along.
                _ = service.Key?.Credentials.Current?.VersionId;
                service.Lines.Enqueue((category, eventId.Id));
            }
        }

        private IRotatingCredentialProvider? Key => key;
    }
}
