using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nhi.Rotation.Telemetry;

/// <summary>The instruments of meter <c>Nhi.Rotation</c>. Use counts are observed at export, never recorded on the hot path.</summary>
internal sealed class CredentialMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _rotations;
    private readonly Counter<long> _refreshes;
    private readonly Counter<long> _probes;
    private readonly Counter<long> _unrotated;
    private readonly Histogram<double> _refreshDuration;
    private readonly Histogram<double> _adoptionLag;

    public CredentialMetrics(IMeterFactory? factory)
    {
        _meter = factory?.Create(TelemetryNames.Meter) ?? new Meter(TelemetryNames.Meter);
        _rejections = _meter.CreateCounter<long>(TelemetryNames.Rejections, "{rejection}", "Rejections of a version by the other side.");
        _rotations = _meter.CreateCounter<long>(TelemetryNames.Rotations, "{rotation}", "Versions that became current.");
        _refreshes = _meter.CreateCounter<long>(TelemetryNames.Refreshes, "{refresh}", "Requests to the backend.");
        _probes = _meter.CreateCounter<long>(TelemetryNames.Probes, "{probe}", "Probes of a version, before promotion or after retirement, and what they found.");
        _unrotated = _meter.CreateCounter<long>(TelemetryNames.Unrotated, "{version}", "Versions that came with the value of another one.");
        _refreshDuration = _meter.CreateHistogram<double>(TelemetryNames.RefreshDuration, "s", "Duration of a request to the backend, retries included.");
        _adoptionLag = _meter.CreateHistogram<double>(TelemetryNames.AdoptionLag, "s", "From a version's creation in the backend to a consumer's first use here.");
    }

    /// <summary>The meter, for whoever must tell it from another one of the same name.</summary>
    public Meter Meter => _meter;

    /// <summary>Connects what is read at export.</summary>
    public void Observe(Func<IReadOnlyList<CredentialUse>> uses, Func<IReadOnlyList<CredentialUse>> open, Func<IReadOnlyList<VersionReading>> versions, Func<IEnumerable<(KnownValue Version, KnownValue Other)>> same)
    {
        _meter.CreateObservableCounter(TelemetryNames.Uses, () => uses().Select(use => new Measurement<long>(use.Uses, TagsOf(use))), "{use}", "Uses of a version.");
        _meter.CreateObservableCounter(
            TelemetryNames.ResidualUses, () => uses().SelectMany(ResidualUses), "{use}", "Uses of a version after it was replaced (stage previous) or retired (stage retired).");
        _meter.CreateObservableUpDownCounter(
            TelemetryNames.Holds,
            () => uses().SelectMany(HoldsOf),
            "{hold}",
            "Uses of a version that go on: open connections and sessions; and what is still kept of a version that was replaced.");
        _meter.CreateObservableGauge(
            TelemetryNames.Unchecked,
            () => open().Select(static use => new Measurement<int>(1, TagsOf(use))),
            "{version}",
            "1 for each replaced version that other counts do not show to be needed: what somebody keeps of it is not known, a hold was lost, what was made with it is still valid, its value is in service under another id or name, or was never seen.");
        _meter.CreateObservableGauge(
            TelemetryNames.Stage, () => versions().Select(version => new Measurement<int>(1, TagsOf(version))), "{version}", "1 for each version and the stage it is in.");
        _meter.CreateObservableGauge(
            TelemetryNames.Accepted,
            () => versions().Select(version => new Measurement<int>(version.IsAccepted ? 1 : 0, TagsOf(version))),
            "{version}",
            "1 for each version that the other side, or its probe, has accepted.");
        _meter.CreateObservableGauge(
            TelemetryNames.SameValue,
            () => same().Select(static pair => new Measurement<int>(1, TagsOf(pair.Version, pair.Other))),
            "{version}",
            "1 for each version in service whose value another one in service has too.");
        _meter.CreateObservableGauge(
            TelemetryNames.Age, () => versions().Where(version => version.Age.HasValue).Select(version => Seconds(version.Age, version)), "s", "Time since a version was created.");
        _meter.CreateObservableGauge(
            TelemetryNames.TimeToExpiry,
            () => versions().Where(version => version.TimeToExpiry.HasValue).Select(version => Seconds(version.TimeToExpiry, version)),
            "s",
            "Time until a version expires; negative afterwards.");
        _meter.CreateObservableGauge(
            TelemetryNames.OverlapRemaining,
            () => versions().Where(version => version.OverlapRemaining.HasValue).Select(version => Seconds(version.OverlapRemaining, version)),
            "s",
            "Time until the overlap window of a replaced version ends.");
    }

    public void Rejected(string name, string versionId, string consumer) =>
        _rejections.Add(1, new(TelemetryNames.NameTag, name), new(TelemetryNames.VersionTag, VersionTag.Shorten(versionId)), new(TelemetryNames.ConsumerTag, consumer));

    public void Rotated(string name) => _rotations.Add(1, new KeyValuePair<string, object?>(TelemetryNames.NameTag, name));

    public void Unrotated(string name) => _unrotated.Add(1, new KeyValuePair<string, object?>(TelemetryNames.NameTag, name));

    public void Refreshed(string name, RefreshReason reason, BackendFailure? failure, TimeSpan duration)
    {
        var tags = new TagList
        {
            { TelemetryNames.NameTag, name },
            { TelemetryNames.ReasonTag, ReasonTag.Of(reason) },
        };
        if (failure is { } error)
        {
            tags.Add(TelemetryNames.ErrorTag, FailureTag.Of(error));
        }

        _refreshes.Add(1, tags);
        _refreshDuration.Record(duration.TotalSeconds, tags);
    }

    public void Probed(string name, string purpose, ProbeVerdict verdict) =>
        _probes.Add(1, new(TelemetryNames.NameTag, name), new(TelemetryNames.PurposeTag, purpose), new(TelemetryNames.VerdictTag, VerdictTag.Of(verdict)));

    public void Adopted(string name, string consumer, TimeSpan lag) =>
        _adoptionLag.Record(Math.Max(0, lag.TotalSeconds), new(TelemetryNames.NameTag, name), new(TelemetryNames.ConsumerTag, consumer));

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<long>> ResidualUses(CredentialUse use)
    {
        // Both counters exist from the first use on, so that a rate over them starts at zero.
        yield return new(use.ResidualInOverlap, TagsOf(use, StageTag.Of(CredentialStage.Previous)));
        yield return new(use.ResidualRetired, TagsOf(use, StageTag.Of(CredentialStage.Retired)));
    }

    private static IEnumerable<Measurement<int>> HoldsOf(CredentialUse use)
    {
        if (use.Held > 0)
        {
            yield return Hold(use, use.Held, "connection");
        }

        if (use.Kept.HasFlag(KeptObjects.Credential))
        {
            yield return Hold(use, 1, "credential");
        }

        if (use.Kept.HasFlag(KeptObjects.Derived))
        {
            yield return Hold(use, 1, "derived");
        }

        if (use.Kept.HasFlag(KeptObjects.Text))
        {
            yield return Hold(use, 1, "text");
        }

        if (use.Kept.HasFlag(KeptObjects.Bytes))
        {
            yield return Hold(use, 1, "bytes");
        }
    }

    private static Measurement<int> Hold(CredentialUse use, int count, string kind)
    {
        var tags = TagsOf(use, StageTag.Of(use.Stage));
        tags.Add(TelemetryNames.HoldKindTag, kind);
        return new(count, tags);
    }

    private static TagList TagsOf(CredentialUse use, string? stage = null)
    {
        var tags = new TagList
        {
            { TelemetryNames.NameTag, use.CredentialName },
            { TelemetryNames.VersionTag, VersionTag.Shorten(use.VersionId) },
            { TelemetryNames.ConsumerTag, use.Consumer },
        };
        if (stage is not null)
        {
            tags.Add(TelemetryNames.StageTag, stage);
        }

        if (use.Caller is not null)
        {
            tags.Add(TelemetryNames.CallerTag, use.Caller);
        }

        return tags;
    }

    private static TagList TagsOf(VersionReading version) => new()
    {
        { TelemetryNames.NameTag, version.CredentialName },
        { TelemetryNames.VersionTag, VersionTag.Shorten(version.VersionId) },
        { TelemetryNames.StageTag, StageTag.Of(version.Stage) },
    };

    private static TagList TagsOf(KnownValue version, KnownValue other) => new()
    {
        { TelemetryNames.NameTag, version.CredentialName },
        { TelemetryNames.VersionTag, VersionTag.Shorten(version.VersionId) },
        { TelemetryNames.OtherNameTag, other.CredentialName },
        { TelemetryNames.OtherVersionTag, VersionTag.Shorten(other.VersionId) },
    };

    private static Measurement<double> Seconds(TimeSpan? value, VersionReading version) => new(value.GetValueOrDefault().TotalSeconds, TagsOf(version));
}
