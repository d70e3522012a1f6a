using System.Collections.Concurrent;
using System.Diagnostics;
using Nhi.Rotation.Lifecycle;
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
        await using var engine = new Engine(Engine.Credential(backend, _name, new LifecyclePolicy { ProvesRetirement = true }, probe: probe));
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
        using var request = new Activity("request").Start();
        await using var engine = new Engine(Engine.Credential(new ScriptedBackend().Put("v1", "one"), _name));

        await engine[_name].GetCurrentAsync(Ct);
        await engine.SettleAsync();
        Assert.Equal(request.TraceId, Assert.Single(_heard).TraceId);
        await engine.AdvanceAsync(TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(1));

        var scheduled = Assert.Single(_heard, activity => Equals(activity.GetTagItem("nhi.refresh.reason"), "scheduled"));
        Assert.NotEqual(request.TraceId, scheduled.TraceId);
        Assert.Null(scheduled.Parent);
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
