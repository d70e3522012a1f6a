using CsCheck;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Refreshing;

public sealed class RefreshScheduleTests
{
    /// <summary>
    /// Requests, signals, rejections, failures, revocations and time in any order, while calls to the backend hang and return: there is never more than one
    /// under way, what is presented is never revoked or retired, and no signal is lost.
    /// </summary>
    [Fact]
    public async Task Random_schedules_keep_one_refresh_in_flight_and_lose_no_signal()
    {
        await Gen.Int[0, 100_000].Array[1, 40].SampleAsync(
            async moves =>
            {
                var backend = new ScriptedBackend { CanWatch = true };
                backend.Put("v0", "value 0");
                var (engine, provider) = await Engine.StartAsync(backend, new CredentialOptions { Overlap = TimeSpan.FromSeconds(30) });
                await using var disposing = engine;
                var newest = 0;
                Action? release = null;
                foreach (var move in moves)
                {
                    switch (move % 9)
                    {
                        case 0:
                            _ = provider.RefreshAsync(RefreshReason.Requested).AsTask().ContinueWith(task => task.Exception, TaskScheduler.Default);
                            break;
                        case 1 or 2:
                            backend.Put($"v{++newest}", $"value {newest}");
                            backend.Signal();
                            break;
                        case 3:
                            provider.Report(provider.Current, CredentialOutcome.Rejected);
                            break;
                        case 4:
                            release ??= backend.Block();
                            break;
                        case 5:
                            release?.Invoke();
                            release = null;
                            break;
                        case 6:
                            backend.FailNext(new BackendException("stripe", BackendFailure.AccessDenied, "denied by the test", "None."));
                            break;
                        case 7 when provider.Credentials.Previous.Count > 0:
                            _ = provider.RevokeAsync(provider.Credentials.Previous[0].VersionId, "test").AsTask().ContinueWith(task => task.Exception, TaskScheduler.Default);
                            break;
                        default:
                            engine.Time.Advance(TimeSpan.FromMilliseconds(move % 3_000));
                            break;
                    }

                    var presented = provider.Current;
                    Assert.True(presented.Stage is CredentialStage.Current or CredentialStage.Previous || provider.Current != presented, $"{presented} is presented");
                    Assert.InRange(backend.MaxInFlight, 0, 1);
                }

                backend.Heal();
                release?.Invoke();
                backend.Signal();

                // A call that hung too long is retried, and the retry waits for time to pass.
                await engine.DrainAsync();
                await engine.AdvanceAsync(TimeSpan.FromMinutes(6), TimeSpan.FromSeconds(10));
                Assert.Equal($"v{newest}", provider.Current.VersionId);
                Assert.Equal(1, backend.MaxInFlight);
            },
            iter: 1_000,
            threads: 1);
    }
}
