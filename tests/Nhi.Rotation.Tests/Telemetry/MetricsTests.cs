using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Telemetry;

public sealed class MetricsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Uses_and_residual_uses_are_observed_per_version_and_consumer()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var services = Services(backend);
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe").ForConsumer("billing");
        await provider.GetCurrentAsync(Ct);
        var captured = provider.Current;
        captured.Reveal();
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        captured.Reveal();
        captured.Reveal();
        provider.Current.Reveal();

        Assert.Equal(3, Observe<long>(services, "nhi.credential.uses", ("nhi.credential.version", "v1"), ("nhi.consumer", "billing")));
        Assert.Equal(1, Observe<long>(services, "nhi.credential.uses", ("nhi.credential.version", "v2"), ("nhi.consumer", "billing")));
        Assert.Equal(2, Observe<long>(services, "nhi.credential.residual_uses", ("nhi.credential.version", "v1"), ("nhi.consumer", "billing"), ("nhi.credential.stage", "previous")));
        Assert.Equal(0, Observe<long>(services, "nhi.credential.residual_uses", ("nhi.credential.version", "v1"), ("nhi.consumer", "billing"), ("nhi.credential.stage", "retired")));
        Assert.Equal(1, Observe<int>(services, "nhi.credential.stage", ("nhi.credential.version", "v1"), ("nhi.credential.stage", "previous")));
        Assert.Equal(1, Observe<int>(services, "nhi.credential.stage", ("nhi.credential.version", "v2"), ("nhi.credential.stage", "current")));
        Assert.Equal(0, Observe<int>(services, "nhi.credential.accepted", ("nhi.credential.version", "v2")));
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        Assert.Equal(1, Observe<int>(services, "nhi.credential.accepted", ("nhi.credential.version", "v2")));
    }

    [Fact]
    public async Task Refreshes_rotations_and_rejections_are_counted_with_their_reasons()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var services = Services(backend, new TwoClocks());
        var factory = services.GetRequiredService<IMeterFactory>();
        using var refreshes = new MetricCollector<long>(factory, "Nhi.Rotation", "nhi.credential.refreshes");
        using var durations = new MetricCollector<double>(factory, "Nhi.Rotation", "nhi.credential.refresh.duration");
        using var rotations = new MetricCollector<long>(factory, "Nhi.Rotation", "nhi.credential.rotations");
        using var rejections = new MetricCollector<long>(factory, "Nhi.Rotation", "nhi.credential.rejections");
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        backend.FailNext(new BackendException("stripe", BackendFailure.AccessDenied, "denied", "None."));
        await Assert.ThrowsAsync<BackendException>(() => provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask());
        provider.Report(provider.Credentials.Previous[0], CredentialOutcome.Rejected);

        var reasons = refreshes.GetMeasurementSnapshot().Select(measurement => (measurement.Tags["nhi.refresh.reason"], measurement.Tags.GetValueOrDefault("error.type")));
        Assert.Equal([("startup", null), ("requested", null), ("requested", "access_denied")], reasons);
        Assert.Equal(3, durations.GetMeasurementSnapshot().Count);
        Assert.Equal("stripe", Assert.Single(rotations.GetMeasurementSnapshot()).Tags["nhi.credential.name"]);
        Assert.Equal("v1", Assert.Single(rejections.GetMeasurementSnapshot()).Tags["nhi.credential.version"]);
    }

    [Fact]
    public async Task Adoption_lag_age_and_time_to_expiry_are_in_seconds()
    {
        var time = new TwoClocks();
        var now = time.GetUtcNow();
        var backend = new ScriptedBackend().Put("v1", "one", createdOn: now - TimeSpan.FromHours(1), expiresOn: now + TimeSpan.FromHours(2));
        await using var services = Services(backend, time);
        using var lags = new MetricCollector<double>(services.GetRequiredService<IMeterFactory>(), "Nhi.Rotation", "nhi.credential.adoption.lag");
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        provider.Current.Reveal();

        time.Advance(TimeSpan.FromSeconds(1));
        await Engine.EventuallyAsync(() => lags.GetMeasurementSnapshot().Count > 0);

        Assert.Equal(3_601, Assert.Single(lags.GetMeasurementSnapshot()).Value);
        Assert.Equal(3_601, Observe<double>(services, "nhi.credential.age", ("nhi.credential.version", "v1")));
        Assert.Equal(7_199, Observe<double>(services, "nhi.credential.time_to_expiry", ("nhi.credential.version", "v1")));
    }

    [Fact]
    public async Task A_value_under_two_ids_or_names_is_observed_and_keeps_an_old_version_open()
    {
        var stripe = new ScriptedBackend().Put("v1", "one");
        await using var services = Services(stripe, new TwoClocks(), new ScriptedBackend().Put("v7", "one"));
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        await services.GetRequiredKeyedService<IRotatingCredentialProvider>("other").GetCurrentAsync(Ct);

        Assert.Equal(1, Observe<int>(services, "nhi.credential.same_value", ("nhi.credential.name", "stripe"), ("nhi.credential.version", "v1"), ("nhi.credential.other.name", "other"), ("nhi.credential.other.version", "v7")));
        Assert.Equal(1, Observe<int>(services, "nhi.credential.same_value", ("nhi.credential.name", "other"), ("nhi.credential.version", "v7"), ("nhi.credential.other.name", "stripe"), ("nhi.credential.other.version", "v1")));
        stripe.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(1, Observe<int>(services, "nhi.credential.unchecked", ("nhi.credential.name", "stripe"), ("nhi.credential.version", "v1")));
        stripe.Put("v3", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(1, Observe<int>(services, "nhi.credential.same_value", ("nhi.credential.name", "stripe"), ("nhi.credential.version", "v3"), ("nhi.credential.other.name", "stripe"), ("nhi.credential.other.version", "v2")));
    }

    [Fact]
    public async Task The_rest_of_the_overlap_is_observed_while_it_lasts()
    {
        var time = new TwoClocks();
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var services = Services(backend, time);
        var provider = services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        Assert.Empty(Readings<double>(services, "nhi.credential.overlap.remaining"));

        backend.Put("v2", "two");
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal(86_400, Observe<double>(services, "nhi.credential.overlap.remaining", ("nhi.credential.version", "v1"), ("nhi.credential.stage", "previous")));

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(86_390, Observe<double>(services, "nhi.credential.overlap.remaining", ("nhi.credential.version", "v1")));

        await provider.RevokeAsync("v1", "leaked", Ct);
        Assert.Empty(Readings<double>(services, "nhi.credential.overlap.remaining"));
    }

    [Fact]
    public void Long_version_ids_are_shortened_to_what_tells_them_apart()
    {
        Assert.Equal("short", Nhi.Rotation.Telemetry.VersionTag.Shorten("short"));
        Assert.Equal("2026-11..ents-v7", Nhi.Rotation.Telemetry.VersionTag.Shorten("2026-11-24-production-payments-v7"));
        Assert.NotEqual(Nhi.Rotation.Telemetry.VersionTag.Shorten("2026-11-24-production-payments-v8"), Nhi.Rotation.Telemetry.VersionTag.Shorten("2026-11-24-production-payments-v7"));
    }

    private static ServiceProvider Services(ICredentialBackend backend, TimeProvider? time = null, ICredentialBackend? other = null)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        if (time is not null)
        {
            services.AddSingleton(time);
        }

        services.AddRotatingCredentials().AddCredential("stripe", credential => credential.UseBackend("stripe", _ => backend));
        if (other is not null)
        {
            services.AddRotatingCredentials().AddCredential("other", credential => credential.UseBackend("other", _ => other));
        }

        return services.BuildServiceProvider();
    }

    private static IReadOnlyList<CollectedMeasurement<T>> Readings<T>(IServiceProvider services, string instrument)
        where T : struct
    {
        using var collector = new MetricCollector<T>(services.GetRequiredService<IMeterFactory>(), "Nhi.Rotation", instrument);
        collector.RecordObservableInstruments();
        return collector.GetMeasurementSnapshot();
    }

    private static double Observe<T>(IServiceProvider services, string instrument, params (string Key, string Value)[] tags)
        where T : struct
    {
        return Convert.ToDouble(Assert.Single(
            Readings<T>(services, instrument), measurement => tags.All(tag => Equals(measurement.Tags.GetValueOrDefault(tag.Key), tag.Value))).Value, System.Globalization.CultureInfo.InvariantCulture);
    }
}
