using System.Globalization;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Follows one instance's chain through its files, line by line.</summary>
internal sealed class ChainCheck
{
    private readonly ChainSource _source;
    private readonly FindingList _findings = new();
    private readonly ChainCursor _chain = new();
    private readonly ClockSteps _clock = new();
    private readonly List<EvidenceLoss> _losses = [];
    private readonly Dictionary<string, CredentialEvidence> _credentials = new(StringComparer.Ordinal);
    private ChainLine? _start;
    private DateTimeOffset? _lastAt;
    private (string Fault, long Lines)? _gap;
    private bool _isClosed;
    private bool _isForeign;

    private ChainCheck(ChainSource source) => _source = source;

    /// <summary>Checks the files of one instance, in order.</summary>
    public static InstanceEvidence Of(IReadOnlyList<FileHead> files, EarlierChain? earlier)
    {
        var check = new ChainCheck(new ChainSource(files[0].Instance, earlier, IsCollected: false));
        foreach (var file in files)
        {
            check.Follow(file.Path, LineReader.Read(file.Path));
        }

        return check.Result([.. files.Select(static file => file.Path)]);
    }

    /// <summary>Checks what was found of an instance in logs, in order. What is missing there may never have come so far, and nobody tampered.</summary>
    public static InstanceEvidence Of(string instance, CollectedEvidence collected, EarlierChain? earlier)
    {
        var logs = collected.Names(instance);
        var check = new ChainCheck(new ChainSource(instance, earlier, IsCollected: true, collected.EditedOf(instance)));
        check.Follow($"{string.Join(", ", logs)}: {instance}", collected.Read(instance));
        return check.Result(logs);
    }

    private InstanceEvidence Result(IReadOnlyList<string> files)
    {
        if (_source.Earlier is { } earlier && earlier.Lines > _chain.Lines && !_isForeign)
        {
            Tampered($"the end is missing: an earlier report saw {earlier.Lines} lines of this chain, and here are {_chain.Lines}");
        }

        TellEdited();
        if (!_isClosed)
        {
            _findings.Add(FindingKind.Unclosed, $"no closing line: the instance runs, was killed, or the end was cut off; the evidence reaches to {_lastAt?.ToString("u") ?? "nowhere"}");
        }

        foreach (var credential in _credentials.Values)
        {
            credential.Shift(_clock.Set);
        }

        return new InstanceEvidence
        {
            App = _start?.App ?? _source.Edited?.App ?? "unknown",
            Instance = _source.Instance,
            Place = _start?.Place,
            Resource = _start?.Resource ?? new Dictionary<string, string>(),
            StartedAt = _start?.StartedAt,
            Files = files,
            Credentials = _credentials,
            Findings = _findings.All,
            Losses = [.. _losses.Select(loss => loss with { Until = loss.Until + _clock.Set })],
            Lines = _chain.Lines,
            Head = _chain.Head,
            LastAt = _lastAt,
            IsClosed = _isClosed,
        };
    }

    private void TellEdited()
    {
        if (_source.Edited is { } edited)
        {
            _findings.Open(edited.Store);
            _findings.Line = (int)Math.Clamp(edited.First, 1, int.MaxValue);
            Tampered($"{(edited.Rows == 1 ? "a row names" : string.Create(CultureInfo.InvariantCulture, $"{edited.Rows} rows name"))} instance {_source.Instance} and {(edited.Rows == 1 ? "is" : "are")} no such line of it, from number {edited.First.ToString(CultureInfo.InvariantCulture)} on: edited");
        }
    }

    private void Follow(string name, IEnumerable<ReadLine> lines)
    {
        _findings.Open(name);
        foreach (var line in lines)
        {
            _findings.Line++;
            if (!line.IsWhole)
            {
                // Never part of the chain: what follows, in the next file, goes on from the line before.
                _findings.Add(FindingKind.Torn, "the last line is incomplete: it is being written, or the app was killed or the disk failed in the middle of it");
            }
            else if (_isForeign)
            {
                _chain.PassUnchecked();
            }
            else if (line.Content is { } content)
            {
                Take(line, content);
            }
            else
            {
                TakeUnread(line);
            }
        }

        Explain(next: null);
        if (_findings.Line == 0)
        {
            _findings.Line = 1;
            _findings.Add(FindingKind.Torn, "the file is empty, or not a regular file");
        }
    }

    private void Take(ReadLine line, ChainLine content)
    {
        if (content.Instance != _source.Instance)
        {
            Tampered($"put in: it belongs to instance {content.Instance}");
            return;
        }

        // What a newer format means by anything that follows, this tool cannot know: neither that it is good nor that it was tampered with.
        if (content is { Kind: EvidenceKind.Started } && content.Schema is not (>= 1 and <= ChainLine.CurrentSchema))
        {
            _isForeign = true;
            _chain.PassUnchecked();
            _findings.Add(FindingKind.Unreadable, $"format {content.Schema?.ToString(CultureInfo.InvariantCulture) ?? "unknown"} is not the one that this tool reads (1 to {ChainLine.CurrentSchema}); update the tool");
            return;
        }

        Explain(content);
        if (IsInPlace(line, content))
        {
            Accept(line, content);
        }
    }

    // A line that is out of place is not taken in; of all else that is wrong with it the findings tell.
    private bool IsInPlace(ReadLine line, ChainLine content)
    {
        if (!line.IsSealed)
        {
            Tampered("edited: it does not match its own hash");
        }

        var (fault, isOutOfPlace) = _chain.Expect(content);
        if (fault is not null && content.Seq > _chain.Seq + 1 && (_source.IsCollected || (_findings.Line == 1 && content.Kind == EvidenceKind.Started)))
        {
            _gap = (fault, content.Seq - _chain.Seq - 1);
        }
        else if (fault is not null)
        {
            Tampered(fault);
        }

        if (isOutOfPlace)
        {
            return false;
        }

        if (_findings.Line == 1 && content.Kind != EvidenceKind.Started && !_source.IsCollected)
        {
            Tampered("the file's first line is missing");
        }

        if (_isClosed)
        {
            Tampered("added: the chain was closed before");
        }

        return true;
    }

    // With a hash of its own it is of a newer kind; the chain goes on through it, and no verdict is good without it.
    private void TakeUnread(ReadLine line)
    {
        Explain(next: null);
        _findings.Add(
            line.IsSealed ? FindingKind.Unreadable : FindingKind.Tampered,
            line.IsSealed ? "this tool does not know what it says: a newer version of the library wrote it (update the tool), its clock stood before 1970 or after 2200, or a number in it cannot be" : "not a line of evidence");
        _chain.PassUnread(line);
    }

    private void Accept(ReadLine line, ChainLine content)
    {
        _chain.Pass(line, content.Seq);
        _start ??= content.Kind == EvidenceKind.Started ? content : null;
        _lastAt = content.At;
        if (_clock.Pass(content) is { } back)
        {
            _findings.Add(FindingKind.SetBack, string.Create(CultureInfo.InvariantCulture, $"the clock was set back by {Math.Round(back.TotalSeconds)} s before this line{(content.UpSeconds is null ? ", and how much time passed is not known" : "")}"));
        }

        if (_source.IsCollected && _gap is { } gap)
        {
            _gap = null;
            _losses.Add(new EvidenceLoss(content.At - _clock.Set, null));
            _findings.Add(FindingKind.Lost, $"{gap.Fault}: nothing that was given has {(gap.Lines == 1 ? "it" : "them")}");
        }

        _isClosed |= content.Kind == EvidenceKind.Stopped;
        if (_source.Earlier is { } earlier && _chain.Lines == earlier.Lines && line.Hash != earlier.Head)
        {
            Tampered("it or a line before it was rewritten: an earlier report saw another hash here");
        }

        if (content.Kind == EvidenceKind.Lost)
        {
            _losses.Add(new EvidenceLoss(content.At - _clock.Set, content.Credential));
            _findings.Add(FindingKind.Lost, $"{content.Missing} pieces of evidence were lost before this line because the disk failed, or somebody removed or cut the file");
        }

        if (content.ToEvent() is { } evidence)
        {
            if (!_credentials.TryGetValue(evidence.CredentialName, out var credential))
            {
                _credentials.Add(evidence.CredentialName, credential = new CredentialEvidence());
            }

            credential.Take(_clock.Unset(evidence));
        }
    }

    // What is missing before a file is no riddle where its writer says in the next line that it is gone: somebody cleaned up, or rotated logs.
    private void Explain(ChainLine? next)
    {
        if (_gap is not { } gap)
        {
            return;
        }

        _gap = null;
        if (next is not { Kind: EvidenceKind.Lost } || next.Missing < gap.Lines)
        {
            (var line, _findings.Line) = (_findings.Line, 1);
            Tampered(gap.Fault);
            _findings.Line = line;
        }
    }

    private void Tampered(string message) => _findings.Add(FindingKind.Tampered, message);
}
