using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Telemetry;

public sealed class ActivityTests
{
    private readonly string _name = $"traced-{Guid.NewGuid()}";
    private readonly ConcurrentQueue<Activity> _heard = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refreshes_probes_and_revocations_are_traced_with_their_outcome()
    {
        using var listener = Listen();
        var probe = new SwitchableProbe();
        var backend = new ScriptedBackend().Put("v1", "one");
        await using var engine = new Engine(Engine.Credential(backend, _name, new CredentialOptions { ProveRetirement = true }, probe: probe));
        await engine[_name].GetCurrentAsync(Ct);
        backend.Put("v2", "two");
        await engine[_name].RefreshAsync(RefreshReason.Requested, Ct);
        probe.Verdicts["v1"] = ProbeVerdict.Rejected;
        backend.FailNext(new BackendException(_name, BackendFailure.AccessDenied, "denied", "None."));
        await engine[_name].RevokeAsync("v1", "leaked", Ct);
        await engine.SettleAsync();

        var told = _heard.Select(activity => $"{activity.OperationName} {string.Join(' ', activity.TagObjects.Where(tag => tag.Key != "nhi.credential.name").Select(tag => tag.Value))} {activity.Status}");
        Assert.Equal(
            [
                "nhi.credential.probe v1 promotion accepted Unset",
                "nhi.credential.probe v1 retirement rejected Unset",
                "nhi.credential.probe v2 promotion accepted Unset",
                "nhi.credential.refresh requested Unset",
                "nhi.credential.refresh requested access_denied Error",
                "nhi.credential.refresh startup Unset",
                "nhi.credential.revoke v1 access_denied Unset",
            ],
            told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_a_request_asks_for_is_in_its_trace_and_what_the_timer_does_is_in_none()
    {
        using var listener = Listen();

        // The real clock: fake timers do not carry the context of whoever started them.
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential(
            _name, credential => credential.UseBackend("key", _ => new ScriptedBackend().Put("v1", "one")).Configure(o => o.RefreshInterval = TimeSpan.FromMilliseconds(100)));
        await using var provider = services.BuildServiceProvider();
        using var request = new Activity("request").Start();
        await provider.GetRequiredKeyedService<IRotatingCredentialProvider>(_name).GetCurrentAsync(Ct);
        request.Stop();

        await WaitAsync(() => _heard.Any(IsScheduled));

        Assert.Equal(request.TraceId, _heard.First().TraceId);
        Assert.All(_heard.Where(IsScheduled), activity => Assert.NotEqual(request.TraceId, activity.TraceId));
    }

    private static bool IsScheduled(Activity activity) => Equals(activity.GetTagItem("nhi.refresh.reason"), "scheduled");

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.True(tries < 1_500, "it did not happen within 30 s");
            await Task.Delay(20, Ct);
        }
    }

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Nhi.Rotation",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("nhi.credential.name"), _name))
                {
                    _heard.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
