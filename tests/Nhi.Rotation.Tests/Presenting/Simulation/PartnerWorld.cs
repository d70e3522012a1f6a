using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Presenting.Simulation;

/// <summary>
/// A store that gains versions, a clock, and a partner that accepts now these and now those of them, over one client integration. Driven by a list of numbers so that
/// CsCheck can shrink it. A call may fail only if no version at hand is accepted.
/// </summary>
internal sealed class PartnerWorld : IAsyncDisposable
{
    // As many as one call tries.
    private const int MaxKnown = 4;

    private readonly List<string> _story = [];
    private readonly HashSet<string> _accepted = [];
    private readonly ScriptedBackend _store;
    private readonly bool _hasOneValue;
    private readonly Func<IRotatingCredentialProvider, PartnerWorld, IClient> _connect;
    private Engine _engine = null!;
    private IClient _client = null!;
    private int _versions;
    private string? _stored;
    private bool _mustSucceed;

    private PartnerWorld(Func<IRotatingCredentialProvider, PartnerWorld, IClient> connect, bool hasOneValue)
    {
        _connect = connect;
        _hasOneValue = hasOneValue;
        _store = new ScriptedBackend { IsComplete = !hasOneValue };
    }

    /// <summary>What calls, through the integration under test.</summary>
    internal interface IClient : IDisposable
    {
        /// <summary>Makes one call.</summary>
        /// <returns>Whether it succeeded.</returns>
        Task<bool> CallAsync();
    }

    public int Calls { get; private set; }

    public TimeProvider Time => _engine.Time;

    /// <summary>Whether the partner accepts a value now.</summary>
    public bool Accepts(string? value)
    {
        _story.Add($"  {value} is {(value is not null && _accepted.Contains(value) ? "accepted" : "refused")}");
        return value is not null && _accepted.Contains(value);
    }

    /// <summary>Plays a schedule; <see langword="null"/>, or the story of the call that failed.</summary>
    /// <param name="moves">What happens.</param>
    /// <param name="connect">Makes the integration under test.</param>
    /// <param name="mustSucceed">Whether a call may not fail either where only the store has the version that is accepted.</param>
    /// <param name="hasOneValue">Whether the store is as a file: it shows one version, calls it current, and may go back to an older one. Else it lists all and names none.</param>
    public static async Task<(string? Failure, int Calls)> PlayAsync(
        int[] moves, Func<IRotatingCredentialProvider, PartnerWorld, IClient> connect, bool mustSucceed = false, bool hasOneValue = false)
    {
        await using var world = new PartnerWorld(connect, hasOneValue) { _mustSucceed = mustSucceed };
        await world.StartAsync();
        foreach (var move in moves)
        {
            if (await world.MoveAsync(move) is { } failure)
            {
                return (failure, world.Calls);
            }
        }

        return (null, world.Calls);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
    }

    private async Task StartAsync()
    {
        Gain();
        Accept(0, 1);
        _engine = new Engine(Engine.Credential(_store, options: new CredentialOptions
        {
            Overlap = TimeSpan.FromDays(30),
            RefreshInterval = _hasOneValue ? TimeSpan.FromSeconds(30) : null,
        }));
        await _engine["stripe"].GetCurrentAsync();
        await _engine.SettleAsync();
        _client = _connect(_engine["stripe"], this);
    }

    private async Task<string?> MoveAsync(int move)
    {
        var pick = move / 13;
        switch (move % 13)
        {
            case 0:
                Gain();
                return null;
            case 1:
                Gain();
                return await AdvanceAsync(TimeSpan.FromSeconds(301));
            case 2:
                Accept(_versions - 1, _versions);
                return null;
            case 3:
                Accept(_versions - 2, _versions - 1);
                return null;
            case 4:
                Accept(_versions - 2, _versions);
                return null;
            case 5:
                var only = pick % Math.Min(_versions, MaxKnown);
                Accept(_versions - 1 - only, _versions - only);
                return null;
            case 6:
                return await AdvanceAsync(TimeSpan.FromMilliseconds(pick % 2_000));
            case 7:
                return await AdvanceAsync(TimeSpan.FromSeconds(pick % 30));
            case 8:
                return await AdvanceAsync(TimeSpan.FromSeconds(pick % 4_000));
            case 9 when _hasOneValue:
                Store(Math.Max(0, _versions - 1 - (pick % MaxKnown)));
                return await AdvanceAsync(TimeSpan.FromSeconds(35));
            case 12:
                return await LagAsync();
            default:
                return await CallAsync(1 + (pick % 3));
        }
    }

    // The partner lags behind for long enough that the engine falls back.
    private async Task<string?> LagAsync()
    {
        Gain();
        await AdvanceAsync(TimeSpan.FromSeconds(301));
        Accept(_versions - 2, _versions - 1);
        for (var refusal = 0; refusal < 3; refusal++)
        {
            if (await CallAsync(1) is { } failure)
            {
                return failure;
            }

            await AdvanceAsync(TimeSpan.FromSeconds(10));
        }

        return null;
    }

    private void Gain()
    {
        Store(_versions);
        _versions++;
    }

    private void Store(int version)
    {
        if (_hasOneValue && _stored is { } replaced)
        {
            _store.Remove(replaced);
        }

        _stored = $"v{version}";
        _store.Put(_stored, _stored, _hasOneValue ? VersionLabel.Current : VersionLabel.None, createdOn: _engine?.Time.GetUtcNow());
        _story.Add($"the store has {_stored}");
    }

    private void Accept(int from, int to)
    {
        _accepted.Clear();
        _accepted.UnionWith(Enumerable.Range(Math.Max(from, 0), Math.Max(to - Math.Max(from, 0), 0)).Select(static version => $"v{version}"));
        _story.Add($"the partner accepts {string.Join(", ", _accepted)}");
    }

    private async Task<string?> AdvanceAsync(TimeSpan by)
    {
        _story.Add($"{by.TotalSeconds:0.###} s pass");
        _engine.Time.Advance(by);
        await _engine.SettleAsync();
        return null;
    }

    private async Task<string?> CallAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Calls++;
            _story.Add("a call");
            var succeeded = await _client.CallAsync();
            await _engine.SettleAsync();
            var set = _engine["stripe"].Credentials;
            string[] known = [.. set.Previous.Concat(set.Pending).Concat(set.Retired).Append(set.Current!).Select(static version => version.VersionId)];
            if (!succeeded && (_mustSucceed || (known.Length <= MaxKnown && known.Any(_accepted.Contains))))
            {
                return $"a call failed although an accepted version was at hand\n{string.Join("\n", _story)}\nknown: {set.Current}, {string.Join(", ", set.Previous.Concat(set.Pending).Concat(set.Retired))}";
            }
        }

        return null;
    }
}
