using Nhi.Rotation.Evidence.Revocations;
using Nhi.Rotation.Telemetry;
using Polly;
using Polly.Retry;

namespace Nhi.Rotation.Revocations;

/// <summary>What the lists of revocations say, read before any credential is loaded and looked at again four times a second. Safe for concurrent use.</summary>
internal sealed class StandingRevocations : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly RevocationSource[] _sources;
    private readonly HashSet<string> _credentials;
    private readonly TimeProvider _time;
    private readonly EngineLog _log;
    private readonly ResiliencePipeline _whileBusy;
    private readonly Lock _gate = new();
    private ILookup<string, StandingRevocation> _byCredential = Enumerable.Empty<StandingRevocation>().ToLookup(_ => string.Empty);
    private ITimer? _timer;

    public StandingRevocations(IEnumerable<RevocationSource> sources, IEnumerable<string> credentials, TimeProvider time, EngineLog log)
    {
        _sources = [.. sources];
        _credentials = new HashSet<string>(credentials, StringComparer.Ordinal);
        _time = time;
        _log = log;
        _whileBusy = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<RevocationListException>(error => error.IsBusy),
                MaxRetryAttempts = 50,
                Delay = TimeSpan.FromMilliseconds(100),
                UseJitter = true,
            })
            .Build();
        foreach (var source in _sources)
        {
            source.Load(_credentials);
            if (source.Problem is { } problem && !source.Options.StartWithout)
            {
                throw new RevocationListException(problem);
            }

            Tell(source);
        }

        Publish();
    }

    /// <summary>Whether what is revoked here can be made to last.</summary>
    public bool IsWritable => Array.Exists(_sources, source => source.Options.IsWritable);

    /// <summary>What is wrong with the lists, for people; what was read before stays in force.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (_gate)
            {
                return [.. _sources.Select(source => source.Problem).OfType<string>()];
            }
        }
    }

    /// <summary>What is said of a credential. The same object until something changes.</summary>
    public ILookup<string, StandingRevocation> ByCredential => Volatile.Read(ref _byCredential);

    /// <summary>Looks at the lists from now on.</summary>
    /// <param name="added">Told of a credential's entries that are new, when they are in force.</param>
    public void Follow(Action<string, IEnumerable<StandingRevocation>> added)
    {
        if (_sources.Length > 0)
        {
            _timer = _time.CreateTimer(_ => Apply(added), null, Pace, Pace);
        }
    }

    /// <summary>Adds a version, and its value if that is at hand, to the lists that can be written.</summary>
    /// <exception cref="RevocationListException">One could not be written.</exception>
    public async ValueTask KeepAsync(RevocationEntry entry, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        foreach (var source in _sources.Where(source => source.Options.IsWritable))
        {
            RevocationEntry[] entries = value.IsEmpty ? [entry] : [entry, entry with { VersionId = null, Fingerprint = FingerprintOf(value.Span, source.Options.FingerprintKey) }];
            await _whileBusy.ExecuteAsync(
                _ =>
                {
                    Array.ForEach(entries, one => RevocationListFile.Add(source.Name, one));
                    return ValueTask.CompletedTask;
                },
                ct).ConfigureAwait(false);
            _log.RevocationKept(entry.CredentialName, entry.VersionId!, source.Name);
        }
    }

    public void Dispose() => _timer?.Dispose();

    private static ValueFingerprint FingerprintOf(ReadOnlySpan<byte> value, byte[]? key) =>
        key is null ? ValueFingerprint.WithSalt(value) : ValueFingerprint.WithKey(value, key);

    private void Apply(Action<string, IEnumerable<StandingRevocation>> added)
    {
        foreach (var entries in Look().GroupBy(standing => standing.Entry.CredentialName, StringComparer.Ordinal))
        {
            added(entries.Key, entries);
        }
    }

    private List<StandingRevocation> Look()
    {
        lock (_gate)
        {
            List<StandingRevocation> added = [];
            foreach (var source in _sources.Where(source => source.HasChanged()))
            {
                added.AddRange(source.Load(_credentials));
                Tell(source);
                Publish();
            }

            return added;
        }
    }

    private void Publish() => Volatile.Write(ref _byCredential, _sources.SelectMany(source => source.Entries).ToLookup(standing => standing.Entry.CredentialName, StringComparer.Ordinal));

    private void Tell(RevocationSource source)
    {
        if (source.Problem is { } problem)
        {
            _log.RevocationsUnread(problem);
        }
        else
        {
            _log.RevocationsRead(source.Name, source.Entries.Count);
        }
    }
}
