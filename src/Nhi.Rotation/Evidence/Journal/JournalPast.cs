using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>Other runs of this app, from their evidence files: read in the background, and again when somebody asks later, as runs beside this one go on.</summary>
internal sealed class JournalPast : IPast
{
    /// <summary>What is more than that is for the tool: reading it would cost an app seconds at each start.</summary>
    internal const long MaxBytes = 256L * 1024 * 1024;

    private const string BeingRead = "The evidence of other runs of this app is still being read.";

    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private readonly string _directory;
    private readonly ChainIdentity _identity;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Task<Known> _reading;
    private Known _known;

    public JournalPast(string directory, ChainIdentity identity, TimeProvider time)
    {
        _directory = directory;
        _identity = identity;
        _time = time;
        _known = new Known(new PastRuns([], BeingRead), time.GetTimestamp());
        _reading = Task.Run(Read);
    }

    /// <summary>The read under way, for tests.</summary>
    internal Task Reading
    {
        get
        {
            lock (_gate)
            {
                return _reading;
            }
        }
    }

    public ChainIdentity Self => _identity;

    public PastRuns Take()
    {
        Task<Known> reading;
        lock (_gate)
        {
            _known = _reading.IsCompletedSuccessfully ? Done(_reading) : _known;
            if (_reading.IsCompleted && _time.GetElapsedTime(_known.At) >= Freshness)
            {
                _reading = Task.Run(Read);
            }

            if (_known.Past.Gap is not null || _time.GetElapsedTime(_known.At) < MaxAge)
            {
                return _known.Past;
            }

            reading = _reading;
        }

        // Nobody asked for long, and what was read then says too little of now.
        return Task.WaitAny([reading], MaxWait) == 0 && reading.IsCompletedSuccessfully ? Done(reading).Past : new PastRuns([], BeingRead);
    }

#pragma warning disable CA1849 // It is completed.
    private static Known Done(Task<Known> reading) => reading.Result;
#pragma warning restore CA1849

    private Known Read()
    {
        var at = _time.GetTimestamp();
        return new Known(ReadFiles(), at);
    }

    private PastRuns ReadFiles()
    {
        try
        {
            var directory = new DirectoryInfo(_directory);
            FileInfo[] files =
            [
                .. directory.EnumerateFiles($"{JournalFiles.SafeName(_identity.App)}-*.jsonl").Where(file => !file.Name.Contains(_identity.Instance, StringComparison.Ordinal)),
                .. directory.EnumerateFiles($"{HuntEvidence.App}-*.jsonl"),
            ];
            if (files.Sum(file => file.Length) > MaxBytes)
            {
                return new([], "The evidence of other runs of this app is too much to be read here: ask nhi-rotation verify.");
            }

            InstanceEvidence[] runs = [.. EvidenceReader.Read(files.Select(file => file.FullName), threads: 1).DistinctBy(run => run.Instance).Where(run => (run.App == _identity.App && run.Instance != _identity.Instance) || run.App == HuntEvidence.App)];
            var isDoubtful = runs.Any(run => run.Findings.Any(finding => finding.Kind is FindingKind.Tampered or FindingKind.Unreadable));
            return new(runs, isDoubtful ? "The evidence of other runs of this app has gaps: nhi-rotation verify names them." : null);
        }
        catch (DirectoryNotFoundException)
        {
            // The first run of all.
            return new([], null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new([], $"The evidence of other runs of this app cannot be read ({error.GetType().Name}).");
        }
    }

    private sealed record Known(PastRuns Past, long At);
}
