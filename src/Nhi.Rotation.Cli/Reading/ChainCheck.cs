using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Journal;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>Follows one instance's chain through its files, line by line.</summary>
internal sealed class ChainCheck
{
    private readonly string _instance;
    private readonly List<Finding> _findings = [];
    private readonly List<EvidenceEvent> _events = [];
    private string? _head = LineSeal.Origin;
    private string _lastHash = LineSeal.Origin;
    private long _seq;
    private int _lines;
    private string? _app;
    private DateTimeOffset? _lastAt;
    private bool _isClosed;

    private ChainCheck(string instance) => _instance = instance;

    /// <summary>Checks the files of one instance, in order.</summary>
    public static InstanceEvidence Of(IReadOnlyList<ReadFile> files)
    {
        var check = new ChainCheck(files[0].Instance);
        foreach (var file in files)
        {
            check.Follow(file, isLast: file == files[^1]);
        }

        return check.Result(files);
    }

    private InstanceEvidence Result(IReadOnlyList<ReadFile> files)
    {
        if (!_isClosed)
        {
            Find(FindingKind.Unclosed, files[^1], files[^1].Lines.Count, $"no closing line: the instance runs, was killed, or the end was cut off; the evidence reaches to {_lastAt?.ToString("u") ?? "nowhere"}");
        }

        return new InstanceEvidence
        {
            App = _app ?? "unknown",
            Instance = _instance,
            Files = [.. files.Select(file => file.Path)],
            Events = _events,
            Findings = _findings,
            Lines = _lines,
            Head = _lastHash,
            LastAt = _lastAt,
            IsClosed = _isClosed,
        };
    }

    private void Follow(ReadFile file, bool isLast)
    {
        if (file.Lines.Count == 0)
        {
            Find(isLast ? FindingKind.Torn : FindingKind.Tampered, file, 1, "the file is empty");
        }

        for (var i = 0; i < file.Lines.Count; i++)
        {
            var line = file.Lines[i];
            if (line.IsWhole || i < file.Lines.Count - 1)
            {
                Take(file, i + 1, line);
            }
            else
            {
                // Never part of the chain: what follows, in the next file, goes on from the line before.
                Find(FindingKind.Torn, file, i + 1, "the last line is incomplete: the app was killed, or the disk failed, in the middle of a write");
            }
        }
    }

    private void Take(ReadFile file, int number, ReadLine line)
    {
        if (line.Content is not { } content)
        {
            Find(FindingKind.Tampered, file, number, "not a line of evidence");
            _head = null;
            _seq++;
            return;
        }

        if (content.Instance != _instance)
        {
            Find(FindingKind.Tampered, file, number, $"put in: it belongs to instance {content.Instance}");
            return;
        }

        if (content is { Kind: EvidenceKind.Started, Schema: > JournalLine.CurrentSchema })
        {
            Find(FindingKind.Unreadable, file, number, $"format {content.Schema} is newer than this tool reads ({JournalLine.CurrentSchema}); update the tool");
        }

        if (!line.IsSealed)
        {
            Find(FindingKind.Tampered, file, number, "edited: it does not match its own hash");
        }

        if (!IsNext(file, number, content))
        {
            return;
        }

        if (number == 1 && content.Kind != EvidenceKind.Started)
        {
            Find(FindingKind.Tampered, file, number, "the file's first line is missing");
        }

        if (_isClosed)
        {
            Find(FindingKind.Tampered, file, number, "added: the chain was closed before");
        }

        Accept(file, number, line, content);
    }

    // The place in the chain, by number and by hash. A line that is out of place is not taken in.
    private bool IsNext(ReadFile file, int number, JournalLine content)
    {
        if (content.Seq <= _seq)
        {
            Find(FindingKind.Tampered, file, number, $"repeated or out of order: line {content.Seq} of the chain comes after line {_seq}");
            return false;
        }

        if (content.Seq > _seq + 1)
        {
            Find(FindingKind.Tampered, file, number, content.Seq == _seq + 2 ? $"line {_seq + 1} of the chain is missing before it" : $"lines {_seq + 1} to {content.Seq - 1} of the chain are missing before it");
        }
        else if (_head is not null && content.Prev != _head)
        {
            Find(FindingKind.Tampered, file, number, "the line before it was rewritten: this one names another hash");
        }

        return true;
    }

    private void Accept(ReadFile file, int number, ReadLine line, JournalLine content)
    {
        _lines++;
        _seq = content.Seq;

        // Of an edited line, what came after it knows the hash that it had; it was reported already.
        _head = line.IsSealed ? line.Hash : null;
        _lastHash = line.Hash;
        _app ??= content.App;
        _lastAt = content.At;
        _isClosed |= content.Kind == EvidenceKind.Stopped;
        if (content.Kind == EvidenceKind.Lost)
        {
            Find(FindingKind.Lost, file, number, $"{content.Missing} pieces of evidence were lost before this line because the disk failed");
        }

        if (content.ToEvent() is { } evidence)
        {
            _events.Add(evidence);
        }
    }

    private void Find(FindingKind kind, ReadFile file, int line, string message) => _findings.Add(new Finding(kind, file.Path, line, message));
}
