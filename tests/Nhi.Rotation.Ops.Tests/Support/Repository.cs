using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Ops.Tests.Support;

/// <summary>Files of the repository that the tests read.</summary>
internal static class Repository
{
    public static string Rules => Path("ops/prometheus/nhi-rotation.rules.yml");

    public static string RuleTests => Path("ops/prometheus/nhi-rotation.rules.test.yml");

    public static string TestsBetweenScrapes => Path("ops/prometheus/nhi-rotation.between-scrapes.test.yml");

    public static string Dashboard => Path("ops/grafana/nhi-rotation.json");

    public static string EvidenceTable => Path("src/Nhi.Rotation.Npgsql/Evidence/nhi_evidence.sql");

    public static string Page => Path("docs/fleet.md");

    private static string Path(string name, [CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Join(System.IO.Path.GetDirectoryName(here), "../../..", name));
}
