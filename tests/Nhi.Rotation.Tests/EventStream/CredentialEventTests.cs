using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.EventStream;

public sealed class CredentialEventTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedBackend _backend;
    private readonly ServiceProvider _app;
    private readonly ICredentialEvents _events;

    public CredentialEventTests()
    {
        _backend = new ScriptedBackend().Put("v1", "value-one", createdOn: _time.GetUtcNow());
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time).AddLogging();
        services.AddRotatingCredentials().AddCredential("stripe", credential => credential
            .UseBackend("stripe", _ => _backend)
            .Configure(options => (options.MinimumLength, options.Overlap) = (1, TimeSpan.FromHours(2))));
        _app = services.BuildServiceProvider();
        _events = _app.GetRequiredService<ICredentialEvents>();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_lifecycle_decides_is_told_with_kind_version_and_reason()
    {
        var provider = await LoadAsync();
        await using var reader = await ReaderAsync();

        await PutAsync(provider, "v2", "value-two");
        await PutAsync(provider, "v3", "value-two");
        await PutAsync(provider, "v4", "changeme");
        await provider.RevokeAsync("v2", "leaked", Ct);

        Assert.Equal((CredentialEventKind.Rotated, "", "v2", "v1"), await reader.NextAsync());
        Assert.Equal((CredentialEventKind.SharedValue, "same-value", "v3", "v2"), await reader.NextAsync());
        Assert.Equal((CredentialEventKind.NoSecret, "placeholder", "v4", null), await reader.NextAsync());
        Assert.Equal((CredentialEventKind.Revoked, "", "v2", null), await reader.NextAsync());
        Assert.Equal((CredentialEventKind.Revoked, "", "v3", null), await reader.NextAsync());
        Assert.Equal((CredentialEventKind.RolledBack, "store", "v1", "v2"), await reader.NextAsync());
    }

    [Fact]
    public async Task A_refused_version_that_falls_back_is_told()
    {
        var provider = await LoadAsync();
        await PutAsync(provider, "v2", "value-two");
        await using var reader = await ReaderAsync();

        var (current, previous) = (provider.Current, provider.Credentials.Previous[0]);
        for (var i = 0; i < 3; i++)
        {
            provider.Report(current, CredentialOutcome.Rejected);
            provider.Report(previous, CredentialOutcome.Accepted);
        }

        Assert.Equal((CredentialEventKind.Rejected, "fallback", "v1", "v2"), await reader.NextAsync());
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public async Task A_caller_never_seen_before_with_an_old_key_is_abnormal_once_there_was_an_hour_to_learn(int minutes, bool isTold)
    {
        var provider = await LoadAsync();
        await PutAsync(provider, "v2", "value-two");
        await using var reader = await ReaderAsync();
        provider.Match("value-one"u8, "known");
        Advance(TimeSpan.FromSeconds(10));
        Advance(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(10));

        provider.Match("value-one"u8, "known");
        provider.Match("value-two"u8, "newcomer-on-the-new-key");
        provider.Match("value-one"u8, "stranger");
        Advance(TimeSpan.FromSeconds(10));
        _events.Tell(new CredentialEvent(CredentialEventKind.LeakReported, "end", _time.GetUtcNow()));

        var first = await reader.NextWholeAsync();
        Assert.Equal(isTold ? ("stripe", "new-user", "stranger") : ("end", "", null), (first.CredentialName, first.Reason, first.Caller));
    }

    [Theory]
    [InlineData(100, false)]
    [InlineData(101, true)]
    public async Task A_retired_key_is_told_once_a_minute_and_a_flood_of_it_as_abnormal(int uses, bool isFlood)
    {
        var provider = await LoadAsync();
        await PutAsync(provider, "v2", "value-two");
        await provider.RevokeAsync("v1", "leaked", Ct);
        await using var reader = await ReaderAsync();
        Advance(TimeSpan.FromSeconds(10));

        for (var i = 0; i < uses; i++)
        {
            provider.Match("value-one"u8, "thief");
        }

        Advance(TimeSpan.FromSeconds(10));
        _events.Tell(new CredentialEvent(CredentialEventKind.LeakReported, "end", _time.GetUtcNow()));

        var first = await reader.NextWholeAsync();
        Assert.Equal((CredentialEventKind.OldVersionUsed, "revoked", "v1", "thief"), (first.Kind, first.Reason, first.VersionId, first.Caller));
        var second = await reader.NextWholeAsync();
        Assert.Equal(isFlood ? (CredentialEventKind.AbnormalUse, "flood") : (CredentialEventKind.LeakReported, ""), (second.Kind, second.Reason));
    }

    [Fact]
    public async Task What_a_key_was_used_for_before_it_was_revoked_is_no_use_of_an_old_key_however_late_it_is_noticed()
    {
        var provider = await LoadAsync();
        await PutAsync(provider, "v2", "value-two");
        await using var reader = await ReaderAsync();
        Advance(TimeSpan.FromSeconds(10));
        Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 200; i++)
        {
            provider.Match("value-two"u8, "newcomer");
        }

        await provider.RevokeAsync("v2", "leaked", Ct);
        Advance(TimeSpan.FromSeconds(10));
        _events.Tell(new CredentialEvent(CredentialEventKind.LeakReported, "end", _time.GetUtcNow()));
        Assert.Equal((CredentialEventKind.Revoked, "", "v2", null), await reader.NextAsync());
        Assert.Equal((CredentialEventKind.RolledBack, "store", "v1", "v2"), await reader.NextAsync());
        Assert.Equal("end", (await reader.NextWholeAsync()).CredentialName);

        provider.Match("value-two"u8, "newcomer");
        Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((CredentialEventKind.OldVersionUsed, "revoked", "v2", null), await reader.NextAsync());
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(7, true)]
    public async Task A_caller_that_comes_back_after_a_week_with_an_old_key_is_abnormal(int days, bool isTold)
    {
        var provider = await LoadAsync();
        await using var reader = await ReaderAsync();
        provider.Match("value-one"u8, "sleeper");
        Advance(TimeSpan.FromSeconds(10));
        Advance(TimeSpan.FromDays(days) - TimeSpan.FromSeconds(10));
        await PutAsync(provider, "v2", "value-two");
        Assert.Equal("v2", (await reader.NextWholeAsync()).VersionId);

        provider.Match("value-one"u8, "sleeper");
        Advance(TimeSpan.FromSeconds(10));
        _events.Tell(new CredentialEvent(CredentialEventKind.LeakReported, "end", _time.GetUtcNow()));

        var first = await reader.NextWholeAsync();
        Assert.Equal(isTold ? ("back-after-silence", "sleeper") : ("", null), (first.Reason, first.Caller));
    }

    [Fact]
    public async Task A_version_late_in_its_life_without_a_successor_is_told_once()
    {
        var provider = await LoadAsync();
        _backend.Put("v2", "value-two", createdOn: _time.GetUtcNow(), expiresOn: _time.GetUtcNow().AddMinutes(100));
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        await using var reader = await ReaderAsync();

        Advance(TimeSpan.FromMinutes(79));
        _events.Tell(new CredentialEvent(CredentialEventKind.LeakReported, "early", _time.GetUtcNow()));
        Advance(TimeSpan.FromMinutes(1));
        Advance(TimeSpan.FromMinutes(1));
        _events.Tell(new CredentialEvent(CredentialEventKind.LeakReported, "end", _time.GetUtcNow()));

        Assert.Equal("early", (await reader.NextWholeAsync()).CredentialName);
        Assert.Equal((CredentialEventKind.Expiring, "no-successor", "v2", null), await reader.NextAsync());
        Assert.Equal("end", (await reader.NextWholeAsync()).CredentialName);
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_misses_the_oldest_and_is_told_how_many()
    {
        await using var reader = await ReaderAsync();
        for (var i = 0; i < 1030; i++)
        {
            _events.Tell(new CredentialEvent(CredentialEventKind.Rotated, $"c{i}", _time.GetUtcNow()));
        }

        List<CredentialEvent> read = [];
        do
        {
            read.Add(await reader.NextWholeAsync());
        }
        while (read[^1].CredentialName != "c1029");

        // The buffer has 1,024; one more may be in the reader's hands.
        var missed = read.Sum(happened => happened.Missed);
        Assert.InRange(missed, 5, 6);
        Assert.Equal(1030, read.Count + missed);
    }

    [Fact]
    public async Task A_reader_that_throws_or_stops_harms_nobody_and_the_stream_ends_with_the_app()
    {
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var failing = await ReaderAsync();
            throw new InvalidOperationException();
        });
        await using var reader = await ReaderAsync();
        _events.Tell(new CredentialEvent(CredentialEventKind.Rotated, "one", _time.GetUtcNow()));
        Assert.Equal("one", (await reader.NextWholeAsync()).CredentialName);

        await _app.DisposeAsync();

        Assert.False(await reader.EndsAsync());
        Assert.NotNull(thrown);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IRotatingCredentialProvider> LoadAsync()
    {
        var provider = _app.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");
        await provider.GetCurrentAsync(Ct);
        return provider;
    }

    private async Task PutAsync(IRotatingCredentialProvider provider, string id, string value)
    {
        Advance(TimeSpan.FromMilliseconds(1));
        _backend.Put(id, value, createdOn: _time.GetUtcNow());
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
    }

    private void Advance(TimeSpan by) => _time.Advance(by);

    // Listens from when this returns.
    private Task<Reader> ReaderAsync() => Task.FromResult(new Reader(_events));

    private sealed class Reader : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        private readonly IAsyncEnumerator<CredentialEvent> _stream;
        private Task<bool> _next;

        public Reader(ICredentialEvents events)
        {
            _stream = events.ReadAsync(_end.Token).GetAsyncEnumerator(_end.Token);
            _next = _stream.MoveNextAsync().AsTask();
        }

        public async Task<CredentialEvent> NextWholeAsync()
        {
            Assert.True(await _next.WaitAsync(TimeSpan.FromSeconds(30), Ct));
            var happened = _stream.Current;
            _next = _stream.MoveNextAsync().AsTask();
            return happened;
        }

        public async Task<(CredentialEventKind Kind, string Reason, string? VersionId, string? Other)> NextAsync()
        {
            var happened = await NextWholeAsync();
            return (happened.Kind, happened.Reason, happened.VersionId, happened.OtherVersionId);
        }

        public async Task<bool> EndsAsync() => await _next.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _next.ContinueWith(static _ => { }, TaskScheduler.Default);
            await _stream.DisposeAsync();
            _end.Dispose();
        }
    }
}
