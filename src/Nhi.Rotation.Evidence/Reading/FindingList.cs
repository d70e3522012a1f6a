namespace Nhi.Rotation.Evidence.Reading;

/// <summary>What was found in one instance's files, and where the reading is.</summary>
internal sealed class FindingList
{
    /// <summary>A file of nonsense has a finding in each line; so many tell enough.</summary>
    internal const int MaxFindings = 100;

    private readonly List<Finding> _findings = [];
    private string _file = string.Empty;

    /// <summary>The line of the present file, from 1; 0 before the first.</summary>
    public int Line { get; set; }

    public IReadOnlyList<Finding> All => _findings;

    public void Open(string file) => (_file, Line) = (file, 0);

    /// <summary>Beyond the bound one of each kind is kept, because the kinds decide.</summary>
    public void Add(FindingKind kind, string message)
    {
        if (_findings.Count < MaxFindings || !_findings.Exists(finding => finding.Kind == kind))
        {
            _findings.Add(new Finding(kind, _file, Line, message));
        }
    }
}
