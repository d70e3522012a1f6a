using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Journal;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Tests.Journal;

/// <summary>Evidence in the app's own logs.</summary>
public sealed class LogEvidenceTests : IDisposable
{
    private const string Category = "Nhi.Rotation.Evidence";

    private readonly EvidenceDirectory _evidence = new();
    private readonly EvidenceDirectory _secrets = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _evidence.Dispose();
        _secrets.Dispose();
    }

    [Fact]
    public async Task What_the_logs_of_an_app_say_is_what_its_files_say()
    {
        using var app = App(static credentials => credentials.WriteEvidenceToLogs());
        await app.StartAsync(Ct);
        var logs = app.Services.GetFakeLogCollector();
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
        provider.Current.Reveal();
        Write("second");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await app.StopAsync(Ct);
        app.Dispose();

        var records = logs.GetSnapshot().Where(static record => record.Category == Category).ToList();
        Assert.All(records, static record => Assert.Equal((LogLevel.Information, 142), (record.Level, record.Id.Id)));
        var (log, output) = Verify(string.Join('\n', records.Select(static record => $"info: {record.Category}[142] {record.Message}")), "-");
        var (files, _) = Verify(string.Empty, _evidence.Path);
        Assert.True(files == log, output);
        var both = EvidenceReader.Read(_evidence.Files, earlier: null, [KeyValuePair.Create<string, Stream>("log", new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', records.Select(static record => record.Message)))))]);
        Assert.Equal(2, both.Select(static instance => instance.Instance).Distinct().Count());
        Assert.All(both, static instance => Assert.True(instance.IsClosed));
        Assert.Equal(
            Told(both[0]),
            Told(both[1]));
        Assert.DoesNotContain(records, static record => record.Message.Contains(EvidenceDirectory.Canary, StringComparison.Ordinal));

        static IEnumerable<string> Told(InstanceEvidence instance) => instance.Credentials["partner"].Histories.Select(static history => $"{history.VersionId} {history.Stage} {history.IsOld}");
    }

    [Fact]
    public async Task A_category_that_is_turned_off_is_told_and_nothing_is_lost_until_it_is_on()
    {
        using var app = App(static credentials => credentials.WriteEvidenceToLogs(), static logging => logging.AddFilter(Category, LogLevel.Warning));
        await app.StartAsync(Ct);
        var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
        (await provider.GetCurrentAsync(Ct)).Reveal();
        var logs = app.Services.GetFakeLogCollector();
        for (var until = DateTime.UtcNow.AddSeconds(30); !logs.GetSnapshot().Any(static record => record.Id.Id == 140) && DateTime.UtcNow < until;)
        {
            await Task.Yield();
        }

        Assert.Contains(logs.GetSnapshot(), static record => record.Id.Id == 140 && record.Message.Contains(Category, StringComparison.Ordinal));
        var health = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Ct);
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains(health.Entries.Values, static entry => entry.Description?.Contains(Category, StringComparison.Ordinal) == true);
        await app.StopAsync(Ct);
    }

    [Fact]
    public async Task Whoever_writes_says_so_again_every_hour_for_who_has_only_the_newer_logs()
    {
        var logs = new FakeLogCollector();
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var place = new JournalSink(new JournalLogs(new FakeLogger(logs)), new ChainIdentity("shop", "0123456789abcdef", "0.1.0", start), new FakeTimeProvider());
        foreach (var minute in (int[])[0, 59, 60, 61, 119, 120])
        {
            await place.AppendAsync([new EvidenceEvent { Kind = EvidenceKind.Alive, At = start.AddMinutes(minute) }]);
        }

        string[] lines = [.. logs.GetSnapshot().Select(static record => record.Message)];
        Assert.Equal([0, 3, 7], lines.Index().Where(static line => line.Item.Contains("\"kind\":\"started\"", StringComparison.Ordinal)).Select(static line => line.Index));
        var instance = Assert.Single(EvidenceReader.Read([], earlier: null, [KeyValuePair.Create<string, Stream>("log", new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines[2..]))))]));
        Assert.Equal("shop", instance.App);
        Assert.Equal(start.AddMinutes(59), Assert.Single(instance.Losses).Until);
    }

    [Fact]
    public void A_log_provider_that_throws_is_not_the_apps_problem() =>
        Assert.True(new JournalLogs(new ThrowingLogger()).AppendAsync([new EvidenceLine("shop", "0123456789abcdef", 1, DateTimeOffset.UnixEpoch, "{}")], Ct).IsCompletedSuccessfully);

    [Fact]
    public void A_key_that_is_too_short_is_refused() =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddRotatingCredentials().WriteEvidenceToLogs(static options => options.FingerprintKey = new byte[15]));

    private IHost App(Action<RotatingCredentialsBuilder> configure, Action<ILoggingBuilder>? logging = null)
    {
        Write("first");
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddFakeLogging();
        logging?.Invoke(builder.Logging);
        var credentials = builder.Services.AddRotatingCredentials().WriteEvidenceTo(_evidence.Path).AddCredential("partner", credential => credential.FromFiles(Path.Combine(_secrets.Path, "secret")));
        configure(credentials);
        builder.Services.AddHealthChecks().AddRotatingCredentials();
        return builder.Build();
    }

    private void Write(string value)
    {
        var path = Path.Combine(_secrets.Path, "secret");
        File.WriteAllText(path + ".next", EvidenceDirectory.Canary + value);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path + ".next", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Move(path + ".next", path, overwrite: true);
    }

    private static (int Exit, string Output) Verify(string log, params string[] paths)
    {
        using var output = new StringWriter();
        var exit = CommandLine.Run(["verify", .. paths], new FakeTimeProvider(DateTimeOffset.UtcNow.AddHours(3)), new MemoryStream(Encoding.UTF8.GetBytes(log)), output, output);
        return (exit, output.ToString());
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => throw new InvalidOperationException("full");
    }
}
