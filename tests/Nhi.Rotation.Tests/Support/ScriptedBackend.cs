using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Tests.Support;

/// <summary>A backend that holds what a test puts in, fails when told, and counts.</summary>
internal class ScriptedBackend : ICredentialBackend
{
    private readonly Lock _gate = new();
    private readonly List<BackendVersion> _versions = [];
    private readonly Queue<Exception> _failures = new();
    private CancellationTokenSource? _watch;
    private TaskCompletionSource? _block;
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    public int InFlight { get; private set; }

    public int MaxInFlight { get; private set; }

    public bool CanWatch { get; init; }

    public bool IsComplete { get; set; } = true;

    public Exception? AlwaysFail { get; set; }

    public List<IReadOnlySet<string>> KnownIds { get; } = [];

    /// <summary>What the last request said of refusals.</summary>
    public IReadOnlySet<string> Rejected { get; private set; } = new HashSet<string>();

    public ScriptedBackend Put(string id, string value, VersionLabel label = VersionLabel.None, DateTimeOffset? createdOn = null, DateTimeOffset? notBefore = null, DateTimeOffset? expiresOn = null, bool enabled = true, string? revoked = null)
    {
        lock (_gate)
        {
            _versions.RemoveAll(version => version.Id == id);
            _versions.Add(new BackendVersion(id, SecretValue.FromText(value))
            {
                Label = label,
                CreatedOn = createdOn,
                NotBefore = notBefore,
                ExpiresOn = expiresOn,
                IsEnabled = enabled,
                RevokedBecause = revoked,
            });
        }

        return this;
    }

    public void Remove(string id)
    {
        lock (_gate)
        {
            _versions.RemoveAll(version => version.Id == id);
        }
    }

    public void FailNext(params Exception[] errors)
    {
        lock (_gate)
        {
            foreach (var error in errors)
            {
                _failures.Enqueue(error);
            }
        }
    }

    public void Heal()
    {
        lock (_gate)
        {
            _failures.Clear();
        }
    }

    /// <summary>Holds calls back, from now on, until the returned action is called.</summary>
    public Action Block()
    {
        var block = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _block = block;
        return () =>
        {
            Interlocked.CompareExchange(ref _block, null, block);
            block.SetResult();
        };
    }

    public void Signal()
    {
        CancellationTokenSource? watch;
        lock (_gate)
        {
            watch = _watch;
            _watch = null;
        }

        watch?.Cancel();
    }

    public IChangeToken? Watch(string key)
    {
        lock (_gate)
        {
            return CanWatch ? new CancellationChangeToken((_watch ??= new()).Token) : null;
        }
    }

    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        Enter();
        try
        {
            return await AnswerAsync(request, ct);
        }
        finally
        {
            Leave();
        }
    }

    protected async ValueTask<BackendListing> AnswerAsync(BackendRequest request, CancellationToken ct)
    {
        BackendListing listing;
        lock (_gate)
        {
            KnownIds.Add(request.KnownVersionIds);
            Rejected = request.RejectedVersionIds;
            if ((_failures.TryDequeue(out var error) ? error : AlwaysFail) is { } failure)
            {
                throw failure;
            }

            // Read before the block: a blocked call answers what was there when it came.
            listing = new BackendListing([.. _versions.Select(version => request.KnownVersionIds.Contains(version.Id) ? WithoutValue(version) : version)]) { IsComplete = IsComplete };
        }

        if (_block is { } block)
        {
            await block.Task.WaitAsync(ct);
        }

        return listing;
    }

    protected void Enter()
    {
        Interlocked.Increment(ref _calls);
        lock (_gate)
        {
            InFlight++;
            MaxInFlight = Math.Max(MaxInFlight, InFlight);
        }
    }

    protected void Leave()
    {
        lock (_gate)
        {
            InFlight--;
        }
    }

    private static BackendVersion WithoutValue(BackendVersion version) => new(version.Id, null)
    {
        Label = version.Label,
        CreatedOn = version.CreatedOn,
        NotBefore = version.NotBefore,
        ExpiresOn = version.ExpiresOn,
        IsEnabled = version.IsEnabled,
        RevokedBecause = version.RevokedBecause,
    };
}
