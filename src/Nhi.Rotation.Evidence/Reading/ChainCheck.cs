using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Follows one instance's chain through its files, line by line.</summary>
internal sealed class ChainCheck
{
    /// <summary>A file of nonsense has a finding in each line; so many tell enough.</summary>
    internal const int MaxFindings = 100;

    private readonly string _instance;
    private readonly EarlierChain? _earlier;
    private readonly List<Finding> _findings = [];
    private readonly List<EvidenceLoss> _losses = [];
    private readonly Dictionary<string, CredentialEvidence> _credentials = new(StringComparer.Ordinal);
    private string? _head = LineSeal.Origin;
    private string _lastHash = LineSeal.Origin;
    private string _file = string.Empty;
    private int _number;
    private long _seq;
    private int _lines;
    private string? _app;
    private string? _place;
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _lastAt;
    private bool _isClosed;
    private bool _isForeign;

    private ChainCheck(string instance, EarlierChain? earlier) => (_instance, _earlier) = (instance, earlier);

    /// <summary>Checks the files of one instance, in order.</summary>
    public static InstanceEvidence Of(IReadOnlyList<FileHead> files, EarlierChain? earlier)
    {
        var check = new ChainCheck(files[0].Instance, earlier);
        foreach (var file in files)
        {
            check.Follow(file.Path);
        }

        return check.Result(files);
    }

    private InstanceEvidence Result(IReadOnlyList<FileHead> files)
    {
        if (_earlier?.Lines > _lines && !_isForeign)
        {
            Find(FindingKind.Tampered, $"the end is missing: an earlier report saw {_earlier.Lines} lines of this chain, and here are {_lines}");
        }

        if (!_isClosed)
        {
            Find(FindingKind.Unclosed, $"no closing line: the instance runs, was killed, or the end was cut off; the evidence reaches to {_lastAt?.ToString("u") ?? "nowhere"}");
        }

        return new InstanceEvidence
        {
            App = _app ?? "unknown",
            Instance = _instance,
            Place = _place,
            StartedAt = _startedAt,
            Files = [.. files.Select(file => file.Path)],
            Credentials = _credentials,
            Findings = _findings,
            Losses = _losses,
            Lines = _lines,
            Head = _lastHash,
            LastAt = _lastAt,
            IsClosed = _isClosed,
        };
    }

    private void Follow(string path)
    {
        (_file, _number) = (path, 0);
        foreach (var line in LineReader.Read(path))
        {
            _number++;
            if (line.IsWhole)
            {
                Take(line);
            }
            else
            {
                // Never part of the chain: what follows, in the next file, goes on from the line before.
                Find(FindingKind.Torn, "the last line is incomplete: it is being written, or the app was killed or the disk failed in the middle of it");
            }
        }

        if (_number == 0)
        {
            _number = 1;
            Find(FindingKind.Torn, "the file is empty, or not a regular file");
        }
    }

    private void Take(ReadLine line)
    {
        if (_isForeign)
        {
            _lines++;
            return;
        }

        if (line.Content is not { } content)
        {
            TakeUnread(line);
            return;
        }

        if (content.Instance != _instance)
        {
            Find(FindingKind.Tampered, $"put in: it belongs to instance {content.Instance}");
            return;
        }

        // What a newer format means by anything that follows, this tool cannot know: neither that it is good nor that it was tampered with.
        if (content is { Kind: EvidenceKind.Started } && content.Schema != ChainLine.CurrentSchema)
        {
            _isForeign = true;
            _lines++;
            Find(FindingKind.Unreadable, $"format {content.Schema?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown"} is not the one that this tool reads ({ChainLine.CurrentSchema}); update the tool");
            return;
        }

        if (!line.IsSealed)
        {
            Find(FindingKind.Tampered, "edited: it does not match its own hash");
        }

        if (!IsNext(content))
        {
            return;
        }

        if (_number == 1 && content.Kind != EvidenceKind.Started)
        {
            Find(FindingKind.Tampered, "the file's first line is missing");
        }

        if (_isClosed)
        {
            Find(FindingKind.Tampered, "added: the chain was closed before");
        }

        Accept(line, content);
    }

    // With a hash of its own it is of a newer kind; the chain goes on through it, and no verdict is good without it.
    private void TakeUnread(ReadLine line)
    {
        Find(
            line.IsSealed ? FindingKind.Unreadable : FindingKind.Tampered,
            line.IsSealed ? "this tool does not know what it says: a newer version of the library wrote it; update the tool" : "not a line of evidence");
        _lines += line.IsSealed ? 1 : 0;
        _seq++;
        _head = line.IsSealed ? line.Hash : null;
        _lastHash = line.IsSealed ? line.Hash : _lastHash;
    }

    // The place in the chain, by number and by hash. A line that is out of place is not taken in.
    private bool IsNext(ChainLine content)
    {
        if (content.Seq <= _seq)
        {
            Find(FindingKind.Tampered, $"repeated or out of order: line {content.Seq} of the chain comes after line {_seq}");
            return false;
        }

        if (content.Seq > _seq + 1)
        {
            Find(FindingKind.Tampered, content.Seq == _seq + 2 ? $"line {_seq + 1} of the chain is missing before it" : $"lines {_seq + 1} to {content.Seq - 1} of the chain are missing before it");
        }
        else if (_head is not null && content.Prev != _head)
        {
            Find(FindingKind.Tampered, "the line before it was rewritten: this one names another hash");
        }

        return true;
    }

    private void Accept(ReadLine line, ChainLine content)
    {
        _lines++;
        _seq = content.Seq;

        // Of an edited line, what came after it knows the hash that it had; it was reported already.
        _head = line.IsSealed ? line.Hash : null;
        _lastHash = line.Hash;
        _app ??= content.App;
        _place ??= content.Place;
        _startedAt ??= content.StartedAt;
        _lastAt = content.At;
        _isClosed |= content.Kind == EvidenceKind.Stopped;
        if (_lines == _earlier?.Lines && line.Hash != _earlier.Head)
        {
            Find(FindingKind.Tampered, "it or a line before it was rewritten: an earlier report saw another hash here");
        }

        if (content.Kind == EvidenceKind.Lost)
        {
            _losses.Add(new EvidenceLoss(content.At, content.Credential));
            Find(FindingKind.Lost, $"{content.Missing} pieces of evidence were lost before this line because the disk failed");
        }

        if (content.ToEvent() is { } evidence)
        {
            if (!_credentials.TryGetValue(evidence.CredentialName, out var credential))
            {
                _credentials.Add(evidence.CredentialName, credential = new CredentialEvidence());
            }

            credential.Take(evidence);
        }
    }

    // Beyond the bound one of each kind is kept, because the kinds decide.
    private void Find(FindingKind kind, string message)
    {
        if (_findings.Count < MaxFindings || !_findings.Exists(finding => finding.Kind == kind))
        {
            _findings.Add(new Finding(kind, _file, _number, message));
        }
    }
}
