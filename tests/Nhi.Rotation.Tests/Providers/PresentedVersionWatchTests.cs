using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Following;

namespace Nhi.Rotation.Tests.Providers;

public sealed class PresentedVersionWatchTests
{
    [Fact]
    public void A_rotation_while_the_watch_is_made_is_not_overwritten_by_the_version_before()
    {
        var seen = new List<string?>();
        var provider = new Provider();
        Thread? rotation = null;
        provider.OnFirstRead = () =>
        {
            rotation = new Thread(() => provider.Rotate("v2"));
            rotation.Start();
            SpinWait.SpinUntil(() => !rotation.IsAlive || rotation.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        };

        using var watch = new PresentedVersionWatch(provider, last: null, current => seen.Add(current?.VersionId));
        rotation!.Join();

        Assert.Equal("v2", seen[^1]);
    }

    [Fact]
    public void A_watch_that_cannot_be_made_leaves_no_subscription()
    {
        var calls = 0;
        var provider = new Provider();

        Assert.Throws<CredentialFormatException>(() => new PresentedVersionWatch(provider, last: null, _ =>
        {
            calls++;
            throw new CredentialFormatException("key", "bad", "Fix.");
        }));
        provider.Rotate("v2");

        Assert.Equal(1, calls);
    }

    private sealed class Provider : IRotatingCredentialProvider
    {
        private readonly ChangeSource _changes = new();
        private volatile CredentialSet _set = Set("v1");

        public Action? OnFirstRead { get; set; }

        public string Name => "key";

        public string Consumer => "test";

        public Credential Current => _set.Current!;

        public CredentialSet Credentials
        {
            get
            {
                var set = _set;
                var read = OnFirstRead;
                OnFirstRead = null;
                read?.Invoke();
                return set;
            }
        }

        public void Rotate(string version)
        {
            _set = Set(version);
            _changes.Fire();
        }

        public IChangeToken GetChangeToken() => _changes.GetToken();

        public ValueTask<Credential> GetCurrentAsync(CancellationToken ct = default) => ValueTask.FromResult(Current);

        public CredentialMatch Match(ReadOnlySpan<byte> presented, string? caller = null) => throw new NotSupportedException();

        public CredentialMatch MatchProof(Func<Credential, bool> proves, string? caller = null) => throw new NotSupportedException();

        public void Report(Credential credential, CredentialOutcome outcome) => throw new NotSupportedException();

        public ValueTask<CredentialSet> RefreshAsync(RefreshReason reason, CancellationToken ct = default) => throw new NotSupportedException();

        public ValueTask RevokeAsync(string versionId, string why, CancellationToken ct = default) => throw new NotSupportedException();

        public IRotatingCredentialProvider ForConsumer(string consumer) => this;

        public IDerived<T> Derive<T>(Func<Credential, T> build) => throw new NotSupportedException();

        private static CredentialSet Set(string version) => new("key", 1, new Credential("key", version, SecretValue.FromText("value")));
    }
}
