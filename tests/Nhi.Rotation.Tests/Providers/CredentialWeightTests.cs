using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Tests.Leaks;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Tests.Providers;

/// <summary>What a credential keeps on the heap: a process may hold a hundred thousand.</summary>
[Collection(LeakCollection.Name)]
public sealed class CredentialWeightTests
{
    private const int Count = 4_000;
    private const int ValueLength = 40;

    // The engine's own, with an id of 19 characters (64 B); beyond the 40 B of each value, and the name.
    private const int CredentialBudget = 1_380;
    private const int VersionBudget = 680;

    [Fact]
    public async Task A_credential_and_a_further_version_weigh_what_they_may()
    {
        // Once before, for what the process makes only once.
        await MeasureAsync(count: 10);

        var (credential, version) = await MeasureAsync(Count);
        for (var again = 0; again < 20 && (credential is < 1 or > CredentialBudget || version is < 1 or > VersionBudget); again++)
        {
            // What a test before this one left behind may still be on its way out of memory.
            (credential, version) = await MeasureAsync(Count);
        }

        TestContext.Current.SendDiagnosticMessage($"{credential} B a credential, {version} B a further version");
        Assert.InRange(credential, 1, CredentialBudget);
        Assert.InRange(version, 1, VersionBudget);
    }

    private static async Task<(long Credential, long Version)> MeasureAsync(int count)
    {
        // Not on the stack of the measure before, which holds what that one made.
        await Task.Yield();
        var backend = new ManyVersions();
        var names = Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"credential-{i:0000}")).ToArray();
        var shared = new RotatingCredentialsOptions { SweepInterval = TimeSpan.FromDays(1) };
        var empty = Settled();
        var settings = names.Select(name => CoreSettings.From(name, name, backend, probe: null, backendInterval: null, "app", new CredentialOptions { MinimumLength = 1 }, shared));
        await using var registry = new CredentialRegistry(
            settings, SchedulerSettings.From(shared), TimeProvider.System, new CredentialMetrics(factory: null), new EngineLog(NullLogger.Instance));
        registry.Start();
        foreach (var provider in registry.Providers)
        {
            await provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        }

        var loaded = Used();
        backend.Versions++;
        await RefreshAsync(registry);
        backend.Versions++;
        await RefreshAsync(registry);

        // As happens each second: what was given out and let go of is forgotten.
        GC.Collect();
        registry.Uses.Sweep();
        var three = Used();
        GC.KeepAlive(names);
        return (((loaded - empty) / count) - ValueLength, ((three - loaded) / count / 2) - ValueLength);
    }

    // Until nothing more is on its way out.
    private static long Settled()
    {
        var (before, now) = (long.MaxValue, Used());
        for (var tries = 0; tries < 20 && before - now > Count; tries++)
        {
            (before, now) = (now, Used());
        }

        return now;
    }

    // As the backend's own word does it: whoever asks for a refresh also gets a picture of all versions.
    private static Task RefreshAsync(CredentialRegistry registry)
    {
        var before = registry.Providers.Select(provider => provider.Current.VersionId).ToArray();
        foreach (var name in registry.Names)
        {
            registry.Signals.Signal(name);
        }

        return Eventually.TrueAsync(() => registry.IsIdle && registry.Providers.Zip(before).All(pair => pair.First.Current.VersionId != pair.Second));
    }

    private static long Used()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private sealed class ManyVersions : ICredentialBackend
    {
        private static readonly DateTimeOffset FirstDay = TimeProvider.System.GetUtcNow().AddDays(-1);

        public int Versions { get; set; } = 1;

        public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) => ValueTask.FromResult(new BackendListing(
        [
            .. from i in Enumerable.Range(0, Versions)
               let id = string.Create(CultureInfo.InvariantCulture, $"{request.Key}-{i:000}")
               select new BackendVersion(id, request.KnownVersionIds.Contains(id) ? null : NewValue()) { CreatedOn = FirstDay.AddHours(i) },
        ]));

        private static SecretValue NewValue() => SecretValue.FromBytes(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(ValueLength)));
    }
}
