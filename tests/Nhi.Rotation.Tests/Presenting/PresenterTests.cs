using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Testing;
using Nhi.Rotation.Tests.Http;

namespace Nhi.Rotation.Tests.Presenting;

public sealed class PresenterTests
{
    private const CredentialOutcome Accepted = CredentialOutcome.Accepted;
    private const CredentialOutcome Rejected = CredentialOutcome.Rejected;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeTimeProvider _time = new();
    private readonly FakeCredentialProvider _provider = new("partner", "one");

    [Fact]
    public void What_is_taken_belongs_together_and_counts_once()
    {
        var presenter = Present();

        var first = presenter.Take();
        _provider.RotateTo("two");
        var second = presenter.Take();

        Assert.Equal(("v1", "<one>"), (first.Version.VersionId, first.Value));
        Assert.Equal(("v2", "<two>"), (second.Version.VersionId, second.Value));
        Assert.Equal((1, 1), (_provider.UsesOf("v1"), _provider.UsesOf("v2")));
    }

    [Fact]
    public void The_version_that_is_taken_counts_what_is_done_with_it()
    {
        using var hold = Present().Take().Version.Hold();

        Assert.Equal(1, _provider.HoldsOf("v1"));
    }

    [Fact]
    public async Task After_a_refusal_the_version_before_is_next_and_each_attempt_counts_once()
    {
        _provider.RotateTo("two");
        var presenter = Present();

        var other = await presenter.FindOtherAsync(presenter.Take(), ct: Ct);

        Assert.Equal("<one>", other!.Value.Value);
        Assert.Equal((1, 1), (_provider.UsesOf("v1"), _provider.UsesOf("v2")));
        Assert.Equal([new("v2", Rejected)], _provider.Reports);
        Assert.Equal(1, _provider.Refreshes);
    }

    [Fact]
    public async Task One_operation_tries_newest_first_and_no_more_than_allowed()
    {
        Rotate("two", "three", "four", "five");
        var presenter = Present();

        Assert.Equal(["v5", "v4", "v3", "v2"], await RefuseAllAsync(presenter));
    }

    [Fact]
    public async Task What_was_accepted_last_is_tried_before_what_is_newer()
    {
        var presenter = Present();
        presenter.Accepted(presenter.Take());
        Rotate("two", "three");

        Assert.Equal(["v3", "v1", "v2"], await RefuseAllAsync(presenter));
    }

    [Fact]
    public async Task A_version_that_came_meanwhile_is_tried_before_what_is_older_and_the_store_is_left_alone()
    {
        _provider.RotateTo("two");
        var presenter = Present();
        var shown = presenter.Take();
        _provider.RotateTo("three");

        var other = await presenter.FindOtherAsync(shown, ct: Ct);

        Assert.Equal("v3", other!.Value.Version.VersionId);
        Assert.Equal(0, _provider.Refreshes);
    }

    [Fact]
    public async Task What_is_out_of_service_is_not_tried()
    {
        Rotate("two", "three");
        var presenter = Present();
        var shown = presenter.Take();
        _provider.Retire("v1");
        await _provider.RevokeAsync("v2", "leaked", Ct);

        Assert.Null(await presenter.FindOtherAsync(shown, ct: Ct));
    }

    [Fact]
    public async Task What_the_store_has_is_waited_for_when_nothing_else_is_at_hand()
    {
        var provider = new ScriptedProvider("partner").Rotate("v1", "one");
        provider.OnRefresh = _ => Task.FromResult(provider.Rotate("v2", "two"));
        var presenter = new Presenter<string>(provider, Build);

        var other = await presenter.FindOtherAsync(presenter.Take(), ct: Ct);

        Assert.Equal("<two>", other!.Value.Value);
    }

    [Fact]
    public async Task The_store_can_be_asked_before_an_older_version_is_tried()
    {
        var provider = new ScriptedProvider("partner").Rotate("v1", "one").Rotate("v2", "two");
        provider.OnRefresh = _ => Task.FromResult(provider.Rotate("v3", "three"));
        var presenter = new Presenter<string>(provider, Build, new PresenterOptions { AskStoreFirst = true });

        var other = await presenter.FindOtherAsync(presenter.Take(), ct: Ct);

        Assert.Equal("<three>", other!.Value.Value);
        Assert.Equal("<one>", (await presenter.FindOtherAsync(other.Value, ct: Ct))!.Value.Value);
        Assert.Equal(1, provider.RefreshCalls);
    }

    [Fact]
    public async Task Where_the_store_is_asked_first_what_took_effect_meanwhile_is_tried_once_more()
    {
        Rotate("two");
        var presenter = new Presenter<string>(_provider, Build, new PresenterOptions { AskStoreFirst = true, Time = _time });

        Assert.Equal(["v2", "v1", "v2"], await RefuseAllAsync(presenter));
    }

    [Fact]
    public async Task One_operation_waits_for_the_store_once_and_no_longer_than_allowed()
    {
        var provider = new ScriptedProvider("partner").Rotate("v1", "one");
        var asked = new TaskCompletionSource();
        provider.OnRefresh = _ =>
        {
            asked.SetResult();
            return new TaskCompletionSource().Task;
        };
        var presenter = new Presenter<string>(provider, Build, new PresenterOptions { Time = _time, MaxWait = TimeSpan.FromSeconds(3) });

        var finding = presenter.FindOtherAsync(presenter.Take(), ct: Ct).AsTask();
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(finding.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Null(await finding);
    }

    [Fact]
    public async Task What_works_is_presented_until_the_refusal_of_the_current_one_is_ten_seconds_old()
    {
        _provider.RotateTo("two");
        var presenter = Present();
        presenter.Accepted((await presenter.FindOtherAsync(presenter.Take(), ct: Ct))!.Value);

        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal("<one>", presenter.Take().Value);
        Assert.Equal(2, _provider.UsesOf("v1"));

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("<two>", presenter.Take().Value);
        Assert.Equal([new("v2", Rejected), new("v1", Accepted)], _provider.Reports);
    }

    [Fact]
    public async Task What_stood_in_ends_with_its_first_refusal_with_the_next_version_and_with_its_overlap()
    {
        _provider.RotateTo("two");
        var presenter = Present();
        presenter.Accepted((await presenter.FindOtherAsync(presenter.Take(), ct: Ct))!.Value);

        // Refused a moment ago, and the only other one: last, not never.
        Assert.Equal("<two>", (await presenter.FindOtherAsync(presenter.Take(), ct: Ct))!.Value.Value);
        Assert.Equal("<two>", presenter.Take().Value);

        presenter.Accepted((await presenter.FindOtherAsync(presenter.Take(), ct: Ct))!.Value);
        Assert.Equal("<one>", presenter.Take().Value);
        _provider.RotateTo("three");
        Assert.Equal("<three>", presenter.Take().Value);

        presenter.Accepted((await presenter.FindOtherAsync(presenter.Take(), ct: Ct))!.Value);
        Assert.NotEqual("<three>", presenter.Take().Value);
        _provider.Retire("v1");
        _provider.Retire("v2");
        Assert.Equal("<three>", presenter.Take().Value);
    }

    [Fact]
    public void What_cannot_be_repeated_leaves_another_version_to_the_next_operation()
    {
        Rotate("two", "three");
        var presenter = Present();

        presenter.Refused(presenter.Take());
        Assert.Equal("<two>", presenter.Take().Value);
        presenter.Refused(presenter.Take());
        Assert.Equal("<one>", presenter.Take().Value);
        presenter.Accepted(presenter.Take());
        Assert.Equal("<one>", presenter.Take().Value);

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("<three>", presenter.Take().Value);
        Assert.Equal([new("v3", Rejected), new("v2", Rejected), new("v1", Accepted)], _provider.Reports);
    }

    [Fact]
    public void When_all_are_refused_the_current_one_is_next_again()
    {
        Rotate("two");
        var presenter = Present();

        presenter.Refused(presenter.Take());
        presenter.Refused(presenter.Take());

        Assert.Equal("<two>", presenter.Take().Value);
    }

    [Fact]
    public void What_was_refused_late_says_nothing_of_the_version_that_is_current_by_then()
    {
        Rotate("two");
        var presenter = Present();
        var late = presenter.Take();
        Rotate("three");

        presenter.Refused(late);

        Assert.Equal("<three>", presenter.Take().Value);
    }

    [Fact]
    public async Task What_may_be_tried_once_only_leaves_another_version_to_the_next_operation()
    {
        Rotate("two");
        var presenter = new Presenter<string>(_provider, Build, new PresenterOptions { Time = _time, MaxAttempts = 1 });

        Assert.Null(await presenter.FindOtherAsync(presenter.Take(), ct: Ct));

        Assert.Equal("<one>", presenter.Take().Value);
    }

    [Fact]
    public async Task One_target_does_not_decide_for_another()
    {
        _provider.RotateTo("two");
        var here = Present();
        var there = here.ForTarget();
        here.Accepted((await here.FindOtherAsync(here.Take(), ct: Ct))!.Value);

        Assert.Equal("<one>", here.Take().Value);
        Assert.Equal("<two>", there.Take().Value);
    }

    [Fact]
    public async Task A_flood_against_a_target_that_refuses_everything_is_paced()
    {
        Rotate("two", "three", "four");
        var presenter = Present();
        var attempts = 0;
        for (var operation = 0; operation < 1_000; operation++)
        {
            attempts += (await RefuseAllAsync(presenter)).Count;
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        // Ten seconds: 20 operations that try all, and one a second.
        Assert.InRange(attempts, 1_000 + (30 * 3) - 6, 1_000 + (31 * 3));
    }

    [Fact]
    public void What_cannot_be_built_is_not_presented()
    {
        var provider = new FakeCredentialProvider("partner", "good");
        provider.RotateTo("bad");
        provider.RotateTo("bad");

        // As after a restart: nothing was built before.
        var presenter = new Presenter<string>(provider, static version => version.Reveal() == "bad" ? throw new InvalidOperationException("bad") : version.VersionId);

        Assert.Equal("v1", presenter.Take().Value);
        Assert.Equal("v1", presenter.Take().Version.VersionId);
        provider.RotateTo("good");
        Assert.Equal("v4", presenter.Take().Value);
    }

    [Fact]
    public async Task What_cannot_be_built_is_no_alternative()
    {
        var provider = new FakeCredentialProvider("partner", "good");
        provider.RotateTo("bad");
        provider.RotateTo("good");
        var presenter = new Presenter<string>(provider, static version => version.Reveal() == "bad" ? throw new InvalidOperationException("bad") : version.VersionId);

        Assert.Equal(["v3", "v1"], await RefuseAllAsync(presenter));
    }

    [Fact]
    public void Nothing_to_present_tells_why_without_the_value()
    {
        Assert.Throws<CredentialUnavailableException>(() => new Presenter<string>(new FakeCredentialProvider("partner"), Build).Take());

        var malformed = new Presenter<string>(new FakeCredentialProvider("partner", "canary-4711"), static version => throw new InvalidOperationException(version.Reveal()));
        var error = Assert.Throws<CredentialFormatException>(() => malformed.Take());
        Assert.Contains("InvalidOperationException", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary-4711", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_load_is_waited_for()
    {
        var provider = new FakeCredentialProvider("partner");
        var taking = new Presenter<string>(provider, Build).TakeAsync(Ct).AsTask();
        Assert.False(taking.IsCompleted);

        provider.RotateTo("one");

        Assert.Equal("<one>", (await taking).Value);
    }

    [Fact]
    public void What_is_built_each_time_counts_by_its_own_reveals()
    {
        var presenter = new Presenter<Credential>(_provider, static version => version, new PresenterOptions { BuildEachTime = true });

        _ = presenter.Take().Value.Reveal();

        Assert.Equal(1, _provider.UsesOf("v1"));
    }

    [Fact]
    public void Nothing_shows_a_value()
    {
        var presenter = Present();

        Assert.Equal("partner for app", presenter.ToString());
        Assert.Equal("partner v1 (Current)", presenter.Take().ToString());
        Assert.DoesNotContain("one", System.Text.Json.JsonSerializer.Serialize(presenter.Take()), StringComparison.Ordinal);
    }

    [Fact]
    public void Taking_and_accepting_what_works_allocates_nothing()
    {
        var backend = new Support.ScriptedBackend().Put("v1", "one");
        using var engine = new SyncEngine(backend);
        var presenter = new Presenter<string>(engine.Provider, Build);
        for (var i = 0; i < 100; i++)
        {
            presenter.Accepted(presenter.Take());
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            presenter.Accepted(presenter.Take());
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    public void Options_out_of_range_are_refused(int maxAttempts)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PresenterOptions { MaxAttempts = maxAttempts });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PresenterOptions { MaxWait = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PresenterOptions { MaxWait = TimeSpan.FromHours(1) + TimeSpan.FromTicks(1) });
        Assert.Equal(16, new PresenterOptions { MaxAttempts = 16 }.MaxAttempts);
    }

    private static string Build(Credential version) => $"<{version.Reveal()}>";

    private Presenter<string> Present() => new(_provider, Build, new PresenterOptions { Time = _time });

    private void Rotate(params string[] values)
    {
        foreach (var value in values)
        {
            _provider.RotateTo(value);
        }
    }

    private static async Task<List<string>> RefuseAllAsync(Presenter<string> presenter)
    {
        var tried = new List<string>();
        for (Presented<string>? shown = presenter.Take(); shown is { } one; shown = await presenter.FindOtherAsync(one, ct: Ct))
        {
            tried.Add(one.Version.VersionId);
        }

        return tried;
    }

    private sealed class SyncEngine : IDisposable
    {
        private readonly Support.Engine _engine;

        public SyncEngine(ICredentialBackend backend)
        {
            (_engine, Provider) = Support.Engine.StartAsync(backend).GetAwaiter().GetResult();
        }

        public IRotatingCredentialProvider Provider { get; }

        public void Dispose() => _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
