using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Refreshing;

public sealed class RefreshTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_thousand_concurrent_first_users_cost_one_call_and_all_get_the_value()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var engine = new Engine(Engine.Credential(backend));
        var release = backend.Block();

        var waiting = Enumerable.Range(0, 10_000).Select(_ => Task.Run(() => engine["stripe"].GetCurrentAsync(Ct).AsTask(), Ct)).ToArray();
        await Engine.EventuallyAsync(() => backend.InFlight == 1);
        release();
        var all = await Task.WhenAll(waiting);

        Assert.All(all, credential => Assert.Equal("v1", credential.VersionId));
        Assert.Equal(1, backend.Calls);
    }

    [Fact]
    public async Task A_request_made_during_a_refresh_gets_an_answer_that_was_read_after_it()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var release = backend.Block();
        var first = provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask();
        await Engine.EventuallyAsync(() => backend.InFlight == 1);

        backend.Put("v2", "two");
        var late = Enumerable.Range(0, 100).Select(_ => provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask()).ToArray();
        var releaseNext = backend.Block();
        release();

        Assert.Equal("v1", (await first).Current!.VersionId);
        releaseNext();
        Assert.All(await Task.WhenAll(late), set => Assert.Equal("v2", set.Current!.VersionId));
        Assert.Equal(3, backend.Calls);
        Assert.Equal(1, backend.MaxInFlight);
    }

    [Fact]
    public async Task Cancelling_a_wait_does_not_cancel_the_refresh_that_others_share()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two");
        var release = backend.Block();
        using var impatient = new CancellationTokenSource();

        var cancelled = provider.RefreshAsync(RefreshReason.Requested, impatient.Token).AsTask();
        var patient = provider.RefreshAsync(RefreshReason.Rejection, Ct).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        release();

        Assert.Equal("v2", (await patient).Current!.VersionId);
    }

    [Fact]
    public async Task A_storm_of_a_hundred_thousand_rejections_costs_one_refresh_per_interval()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var current = provider.Current;

        for (var second = 0; second < 30; second++)
        {
            Parallel.For(0, 100_000 / 30, _ => provider.Report(current, CredentialOutcome.Rejected));
            await engine.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        // The load, and one at 0, 10, 20 and 30 s.
        Assert.InRange(backend.Calls, 4, 5);
        Assert.Equal(1, backend.MaxInFlight);
    }

    [Fact]
    public async Task A_backend_that_is_down_for_an_hour_is_not_an_event_for_the_app()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.AlwaysFail = new HttpRequestException("the response body with the-value-itself");

        await engine.AdvanceThroughFailuresAsync(TimeSpan.FromHours(1), TimeSpan.FromSeconds(5));
        Assert.Equal("one", provider.Current.Reveal());
        var failedCalls = backend.Calls;
        backend.AlwaysFail = null;
        backend.Put("v2", "two");
        await engine.AdvanceThroughFailuresAsync(TimeSpan.FromMinutes(5.5), TimeSpan.FromSeconds(5));

        Assert.Equal("v2", provider.Current.VersionId);

        // An hour of full-jitter back-off up to 5 min, with three attempts each, and nothing like a call a second.
        Assert.InRange(failedCalls, 20, 400);
        var log = engine.Log.Collector.GetSnapshot();
        Assert.Contains(log, record => record.Id.Id == 113 && record.Message.Contains("HttpRequestException", StringComparison.Ordinal));
        Assert.DoesNotContain(log, record => record.Message.Contains("the-value-itself", StringComparison.Ordinal));
        Assert.Contains(log, record => record.Id.Id == 114);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("duplicate")]
    [InlineData("two current")]
    public async Task A_listing_that_is_nonsense_is_an_error_with_a_name_and_the_last_good_set_stays(string kind)
    {
        var backend = new ListingBackend(new([new("v1", SecretValue.FromText("one"))]));
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var generation = provider.Credentials.Generation;
        var value = SecretValue.FromText("x");
        backend.Listing = new(kind switch
        {
            "empty" => [],
            "duplicate" => [new("v2", value), new("v2", value)],
            _ => [new("v2", value) { Label = VersionLabel.Current }, new("v3", value) { Label = VersionLabel.Current }],
        });

        var error = await Assert.ThrowsAsync<BackendException>(() => provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask());

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains("'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Equal("one", provider.Current.Reveal());
        Assert.Equal(generation, provider.Credentials.Generation);
    }

    [Fact]
    public async Task A_listing_with_a_hole_in_it_ends_the_refresh_with_an_error_and_the_next_one_works()
    {
        var backend = new ListingBackend(new([new("v1", SecretValue.FromText("one"))]));
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Listing = new([null!]);

        var error = await Assert.ThrowsAsync<BackendException>(() => provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask());

        Assert.Contains("could not be taken in", error.Message, StringComparison.Ordinal);
        backend.Listing = new([new("v2", SecretValue.FromText("two"))]);
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        Assert.Equal("two", provider.Current.Reveal());
    }

    [Fact]
    public async Task A_listing_with_an_older_revision_is_refused()
    {
        var backend = new ListingBackend(new([new("v2", SecretValue.FromText("two"))]) { Revision = 7 });
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Listing = new([new("v1", SecretValue.FromText("one"))]) { Revision = 6 };

        var error = await Assert.ThrowsAsync<BackendException>(() => provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask());

        Assert.Contains("revision 6", error.Message, StringComparison.Ordinal);
        Assert.Equal("v2", provider.Current.VersionId);
    }

    [Fact]
    public async Task A_first_load_that_fails_says_that_there_is_nothing_to_use_yet()
    {
        var backend = new ScriptedBackend { AlwaysFail = new BackendException("stripe", BackendFailure.AccessDenied, "denied by the test", "None.") };
        await using var engine = new Engine(Engine.Credential(backend));
        engine.Start();
        await engine.SettleAsync();
        Assert.EndsWith("There is nothing to use yet; the next try is in " + Next(engine), Failure(engine), StringComparison.Ordinal);

        backend.AlwaysFail = null;
        backend.Put("v1", "one");
        await engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct);
        backend.FailNext(new BackendException("stripe", BackendFailure.AccessDenied, "denied by the test", "None."));
        await Assert.ThrowsAsync<BackendException>(() => engine["stripe"].RefreshAsync(RefreshReason.Requested, Ct).AsTask());

        Assert.EndsWith("The last good set stays in use; the next try is in " + Next(engine), Failure(engine), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_soon_after_another_one_waits_longer_and_says_so()
    {
        var backend = new ScriptedBackend { CanWatch = true }.Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two");
        backend.Signal();
        await engine.AdvanceAsync(TimeSpan.FromMilliseconds(10));
        Assert.DoesNotContain(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 130);

        backend.Put("v3", "three");
        backend.Signal();
        await engine.AdvanceAsync(TimeSpan.FromMilliseconds(19));
        Assert.Equal("v2", provider.Current.VersionId);
        await engine.AdvanceAsync(TimeSpan.FromMilliseconds(1));

        Assert.Equal("v3", provider.Current.VersionId);
        Assert.Contains(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 130 && record.Message.Contains("0.02", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_version_that_expires_soon_is_replaced_before_its_end_whatever_the_interval()
    {
        var backend = new ScriptedBackend();
        var engine = new Engine(Engine.Credential(backend, options: new CredentialOptions { RefreshInterval = TimeSpan.FromHours(1) }));
        await using var _ = engine;
        var made = engine.Time.GetUtcNow();
        backend.Put("v1", "one", createdOn: made, expiresOn: made + TimeSpan.FromMinutes(10));
        await engine["stripe"].GetCurrentAsync(Ct);
        await engine.SettleAsync();
        backend.Put("v2", "two", createdOn: made + TimeSpan.FromSeconds(1), expiresOn: made + TimeSpan.FromMinutes(20));

        await engine.AdvanceAsync(TimeSpan.FromMinutes(6));
        Assert.Equal("v1", engine["stripe"].Current.VersionId);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(43));

        Assert.Equal("v2", engine["stripe"].Current.VersionId);
    }

    private static string Failure(Engine engine) => engine.Log.Collector.GetSnapshot().Last(record => record.Id.Id == 113).Message;

    private static string Next(Engine engine) =>
        engine.Log.Collector.GetSnapshot().Last(record => record.Id.Id == 113).StructuredState!.Single(pair => pair.Key == "Next").Value + ".";

    [Fact]
    public async Task A_push_signal_refreshes_at_once()
    {
        var backend = new ScriptedBackend { CanWatch = true }.Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Put("v2", "two");

        backend.Signal();
        await engine.AdvanceAsync(TimeSpan.FromMilliseconds(10));

        Assert.Equal("v2", provider.Current.VersionId);
    }

    [Fact]
    public async Task A_signal_during_a_refresh_is_not_lost()
    {
        var backend = new ScriptedBackend { CanWatch = true }.Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var release = backend.Block();
        var first = provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask();
        await Engine.EventuallyAsync(() => backend.InFlight == 1);
        backend.Put("v2", "two");

        backend.Signal();
        engine.Time.Advance(TimeSpan.FromMilliseconds(10));
        release();
        await first;
        await engine.SettleAsync();

        Assert.Equal("v2", provider.Current.VersionId);
    }

    [Fact]
    public async Task A_backend_that_signals_all_the_time_is_asked_about_once_a_second()
    {
        var backend = new RestlessBackend();
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        Assert.NotNull(provider.Current);

        await engine.AdvanceAsync(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(10));

        Assert.InRange(backend.Calls, 15, 40);
    }

    [Fact]
    public async Task Credentials_of_a_batch_backend_share_calls_at_start_and_afterwards()
    {
        var backend = new ScriptedBatchBackend();
        backend.Put("v1", "one");
        await using var engine = new Engine([.. Enumerable.Range(0, 100).Select(i => Engine.Credential(backend, $"c{i}"))]);

        engine.Start();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => engine[$"c{i}"].GetCurrentAsync(Ct).AsTask()));
        await engine.SettleAsync();
        Assert.Equal([20, 20, 20, 20, 20], backend.BatchSizes);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(1));

        // Four refreshes of a hundred credentials each: 400 without batching, 20 with perfect batching.
        Assert.InRange(backend.Calls - 5, 15, 40);
    }

    [Fact]
    public async Task Many_credentials_of_a_plain_backend_are_never_asked_for_more_than_the_limit_at_a_time()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var engine = new Engine(Engine.Scheduling(new() { MaxConcurrentRefreshes = 4 }), [.. Enumerable.Range(0, 200).Select(i => Engine.Credential(backend, $"c{i}"))]);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => engine[$"c{i}"].GetCurrentAsync(Ct).AsTask()));

        Assert.Equal(200, backend.Calls);
        Assert.InRange(backend.MaxInFlight, 1, 4);
    }

    [Fact]
    public async Task A_failure_that_cannot_pass_by_itself_fails_the_first_caller_at_once_and_says_why()
    {
        var backend = new ScriptedBackend { AlwaysFail = new BackendException("stripe", BackendFailure.NotFound, "there is no file '/run/secrets/stripe'", "Create it.") };
        await using var engine = new Engine(Engine.Credential(backend));

        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => engine["stripe"].GetCurrentAsync(Ct).AsTask());

        Assert.Contains("there is no file '/run/secrets/stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Create it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_caller_waits_through_transient_failures()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        backend.FailNext([.. Enumerable.Range(0, 7).Select(_ => new HttpRequestException("down"))]);
        await using var engine = new Engine(Engine.Credential(backend));

        var waiting = engine["stripe"].GetCurrentAsync(Ct).AsTask();
        for (var i = 0; i < 300 && !waiting.IsCompleted; i++)
        {
            engine.Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(1, Ct);
        }

        Assert.Equal("v1", (await waiting).VersionId);
    }

    [Fact]
    public async Task A_first_caller_gives_up_after_the_first_load_timeout_with_the_last_error()
    {
        var backend = new ScriptedBackend { AlwaysFail = new HttpRequestException("down") };
        await using var engine = new Engine(Engine.Credential(backend));

        var waiting = engine["stripe"].GetCurrentAsync(Ct).AsTask();
        for (var i = 0; i < 400 && !waiting.IsCompleted; i++)
        {
            engine.Time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Delay(1, Ct);
        }

        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => waiting);
        Assert.Contains("HttpRequestException", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_does_not_answer_is_given_up_after_the_attempt_timeout()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.Block();

        var refresh = provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask();
        for (var i = 0; i < 100 && !refresh.IsCompleted; i++)
        {
            engine.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Ct);
        }

        var error = await Assert.ThrowsAsync<BackendException>(() => refresh);
        Assert.Contains("did not answer within 10 s", error.Message, StringComparison.Ordinal);
        Assert.Equal("one", provider.Current.Reveal());
    }

    [Fact]
    public async Task Retry_after_is_honoured()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        backend.FailNext(new BackendException("stripe", BackendFailure.Throttled, "too many calls", "Nothing.") { RetryAfter = TimeSpan.FromMinutes(2) });
        await Assert.ThrowsAsync<BackendException>(() => provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask());
        var calls = backend.Calls;

        await engine.AdvanceAsync(TimeSpan.FromSeconds(119));
        Assert.Equal(calls, backend.Calls);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(calls + 1, backend.Calls);
    }

    [Fact]
    public async Task Disposal_cancels_what_is_under_way_and_what_is_in_use_stays()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        backend.Block();
        var refresh = provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask();
        await Engine.EventuallyAsync(() => backend.InFlight == 1);

        await engine.DisposeAsync();

        await Assert.ThrowsAsync<BackendException>(() => refresh);
        Assert.Equal(0, backend.InFlight);
        Assert.Equal("one", provider.Current.Reveal());
        await Assert.ThrowsAsync<BackendException>(() => provider.RefreshAsync(RefreshReason.Requested, Ct).AsTask());
        provider.Report(provider.Current, CredentialOutcome.Rejected);
        await provider.RevokeAsync("v0", "after the end", Ct);
        Assert.Equal("one", provider.Current.Reveal());
    }

    [Fact]
    public async Task A_first_caller_after_disposal_is_told_at_once()
    {
        var engine = new Engine(Engine.Credential(new ScriptedBackend().Put("v1", "one")));
        await engine.DisposeAsync();

        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => engine["stripe"].GetCurrentAsync(Ct).AsTask());

        Assert.Contains("the application is stopping", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Max_staleness_takes_the_last_good_set_away_and_a_listing_brings_it_back()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend, new() { MaxStaleness = TimeSpan.FromMinutes(30) });
        await using var _ = engine;
        backend.AlwaysFail = new HttpRequestException("down");

        await engine.AdvanceThroughFailuresAsync(TimeSpan.FromMinutes(29), TimeSpan.FromSeconds(5));
        Assert.NotNull(provider.Current);
        await engine.AdvanceThroughFailuresAsync(TimeSpan.FromMinutes(7), TimeSpan.FromSeconds(5));
        Assert.Contains("MaxStaleness", Assert.Throws<CredentialUnavailableException>(() => provider.Current).Message, StringComparison.Ordinal);
        backend.AlwaysFail = null;
        await engine.AdvanceThroughFailuresAsync(TimeSpan.FromMinutes(6), TimeSpan.FromSeconds(5));

        Assert.Equal("one", provider.Current.Reveal());
    }

    [Fact]
    public async Task A_subscriber_that_throws_harms_neither_the_refresh_nor_the_others()
    {
        var backend = new ScriptedBackend().Put("v1", "one");
        var (engine, provider) = await Engine.StartAsync(backend);
        await using var _ = engine;
        var told = false;
        provider.GetChangeToken().RegisterChangeCallback(_ => throw new InvalidOperationException("subscriber"), null);
        provider.GetChangeToken().RegisterChangeCallback(_ => told = true, null);
        backend.Put("v2", "two");

        await provider.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.True(told);
        Assert.Equal("v2", provider.Current.VersionId);
        Assert.Contains(engine.Log.Collector.GetSnapshot(), record => record.Id.Id == 117);
    }

    private sealed class ListingBackend(BackendListing listing) : ICredentialBackend
    {
        public BackendListing Listing { get; set; } = listing;

        public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct) => ValueTask.FromResult(Listing);
    }

    private sealed class RestlessBackend : ICredentialBackend
    {
        private int _calls;

        public int Calls => _calls;

        public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
        {
            Interlocked.Increment(ref _calls);
            return ValueTask.FromResult(new BackendListing([new("v1", SecretValue.FromText("one"))]));
        }

        public Microsoft.Extensions.Primitives.IChangeToken Watch(string key) => new Microsoft.Extensions.Primitives.CancellationChangeToken(new CancellationToken(canceled: true));
    }
}
