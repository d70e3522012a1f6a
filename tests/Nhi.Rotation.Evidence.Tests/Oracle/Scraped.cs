using System.Globalization;
using System.Text;
using Nhi.Rotation.Evidence.Tests.Agreement;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Evidence.Tests.Oracle;

/// <summary>The metrics of a world, as Prometheus sees them.</summary>
internal sealed class Scraped
{
    /// <summary>Between two scrapes. Prometheus looks back as far.</summary>
    public const int Minutes = 5;

    private readonly CredentialMetrics _metrics = new(factory: null);
    private readonly Series _series = new();
    private readonly List<(int At, string Version, string Why)> _wrong = [];
    private int _at;

    public Scraped(Func<IRotationLedger> reports, Func<UseLedger> ledger, Func<IEnumerable<VersionRecord>> versions, TimeProvider time) => _metrics.Observe(
        () => reports().GetUses(),
        () => OpenMatters.Of(ledger(), time.GetUtcNow(), static (_, _) => false),
        () => [.. versions().Select(version => new VersionReading("key", version.VersionId, version.Stage, null, null, null, version.History.AcceptedAt is not null))],
        () => []);

    public void Scrape()
    {
        _at++;
        _series.Set("up{job=\"shop\", instance=\"i0\"}", _at, 1);
        _series.Scrape(_metrics.Meter, "i0", _at);
    }

    /// <summary>Whoever says now that the version may be revoked is wrong.</summary>
    public void MustNotBeSafe(string version, string why) => _wrong.Add((_at, version, why));

    public string ToPromtoolTest(string name)
    {
        var test = new StringBuilder($"  - name: '{name}'\n    interval: {Minutes}m\n    input_series:\n");
        _series.Write(test, _at);
        test.Append("    promql_expr_test:\n");
        foreach (var (at, version, why) in _wrong.DistinctBy(wrong => (wrong.At, wrong.Version)))
        {
            test.Append(CultureInfo.InvariantCulture, $"      - expr: 'nhi:credential:verdict{{nhi_credential_version=\"{version}\"}} == 1 # {name}: {why}'\n        eval_time: {at * Minutes}m\n        exp_samples: []\n");
        }

        return test.ToString();
    }
}
