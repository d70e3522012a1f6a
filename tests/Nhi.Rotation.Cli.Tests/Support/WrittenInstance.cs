using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Cli.Tests.Support;

/// <summary>An instance's files, written line by line, so that a test says what is in them and when. Times are minutes since <see cref="Start"/>.</summary>
internal sealed class WrittenInstance
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<EvidenceEvent> _lines = [];
    private readonly Dictionary<(string, string, string, string?), CredentialUse> _uses = [];
    private readonly string _app;
    private readonly double _skew;
    private readonly string? _place;

    /// <param name="instance">Its id.</param>
    /// <param name="app">Whose instance it is.</param>
    /// <param name="skew">By how many minutes its clock is ahead.</param>
    /// <param name="place">Where it runs.</param>
    public WrittenInstance(string instance, string app = "shop", double skew = 0, string? place = null)
    {
        _place = place;
        Instance = instance;
        _app = app;
        _skew = skew;
    }

    public string Instance { get; }

    /// <summary>Which process it is.</summary>
    public Dictionary<string, string> Resource { get; init; } = [];

    /// <summary>What it says so far.</summary>
    public IReadOnlyList<EvidenceEvent> All => _lines;

    /// <summary>How many lines it has so far, without the file's first.</summary>
    public int Lines => _lines.Count;

    public static DateTimeOffset At(double minute) => Start.AddMinutes(minute);

    public WrittenInstance Describe(double at, string credential = "stripe") =>
        Add(new EvidenceEvent { Kind = EvidenceKind.Described, At = Own(at), CredentialName = credential, Owner = "payments", QuietPeriod = TimeSpan.FromHours(1) });

    public WrittenInstance Promote(string version, double at, string? instead = null, string credential = "stripe") =>
        Add(Event(EvidenceKind.Promoted, version, at, credential) with { OtherId = instead });

    public WrittenInstance See(string version, double at, string credential = "stripe", string? tag = null) => Add(Event(EvidenceKind.Seen, version, at, credential) with { ValueTag = tag });

    public WrittenInstance Accept(string version, double at, string credential = "stripe") => Add(Event(EvidenceKind.Accepted, version, at, credential));

    public WrittenInstance Retire(string version, double at, string credential = "stripe") => Add(Event(EvidenceKind.Retired, version, at, credential));

    public WrittenInstance Revoke(string version, double at, string credential = "stripe") => Add(Event(EvidenceKind.Revoked, version, at, credential));

    /// <summary>One version takes another's place.</summary>
    public WrittenInstance Rotate(string from, string to, double at, string credential = "stripe") =>
        See(to, at, credential).Add(Event(EvidenceKind.Superseded, from, at, credential) with { OtherId = to }).Promote(to, at, from, credential);

    public WrittenInstance Use(
        string version, double at, string consumer = "client", CredentialStage stage = CredentialStage.Current, int held = 0, string? caller = null, string credential = "stripe")
    {
        var key = (credential, version, consumer, caller);
        var before = _uses.GetValueOrDefault(key);
        _uses[key] = new CredentialUse
        {
            CredentialName = credential,
            VersionId = version,
            Stage = stage,
            Consumer = consumer,
            Caller = caller,
            Uses = (before?.Uses ?? 0) + 1,
            ResidualInOverlap = (before?.ResidualInOverlap ?? 0) + (stage == CredentialStage.Previous ? 1 : 0),
            ResidualRetired = (before?.ResidualRetired ?? 0) + (stage is CredentialStage.Retired or CredentialStage.Revoked ? 1 : 0),
            Held = held,
            FirstUse = before?.FirstUse ?? Own(at),
            LastUse = Own(at),
        };
        return Add(Event(EvidenceKind.Used, version, at, credential) with { Use = _uses[key] });
    }

    /// <summary>It looked for the value of v1.</summary>
    public WrittenInstance Hunt(double at, string host, string[] scope, params (string Kind, int Copies)[] found) => Add(Event(EvidenceKind.Hunted, "v1", at) with
    {
        Hunt = new HuntEvidence { Host = host, Scope = scope, Processes = 1, Found = found.ToDictionary(one => one.Kind, one => one.Copies) },
    });

    public WrittenInstance Alive(double at) => Add(new EvidenceEvent { Kind = EvidenceKind.Alive, At = Own(at) });

    public WrittenInstance Stop(double at) => Add(new EvidenceEvent { Kind = EvidenceKind.Stopped, At = Own(at) });

    /// <summary>Writes the first so many lines, all by default.</summary>
    /// <returns>The first file.</returns>
    public string Write(string directory, int lines = int.MaxValue, long maxFileBytes = 1 << 20)
    {
        var chain = new ChainWriter(new ChainIdentity(_app, Instance, "0.1.0", _lines.Count == 0 ? Own(0) : _lines[0].At) { Place = _place, Resource = Resource });
        FileStream? file = null;
        var number = 0;
        foreach (var line in _lines.Take(lines))
        {
            if (file is null || file.Length >= maxFileBytes)
            {
                file?.Dispose();
                file = File.Create(Path.Combine(directory, $"{_app}-{Instance}-{++number:0000}.jsonl"));
                chain.Begin(file, number, line.At, line.Uptime);
            }

            chain.Append(file, line);
        }

        file?.Dispose();
        return Path.Combine(directory, $"{_app}-{Instance}-0001.jsonl");
    }

    private DateTimeOffset Own(double at) => At(at + _skew);

    public EvidenceEvent Event(EvidenceKind kind, string version, double at, string credential = "stripe") =>
        new() { Kind = kind, At = Own(at), CredentialName = credential, VersionId = version };

    public WrittenInstance Add(EvidenceEvent line)
    {
        _lines.Add(line);
        return this;
    }
}
