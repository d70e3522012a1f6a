using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

/// <summary>
/// The inbound twin of "a request fails only if nothing at hand works": whatever the store does, a caller is accepted with the newest version in service and with each that
/// was replaced less than the overlap ago. The oracle knows the store and the clock, and nothing of the engine.
/// </summary>
public sealed class NeverRefusedTests
{
    private const int Schedules = 60;
    private const int Steps = 14;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A schedule is found again by its seed.")]
    public async Task A_caller_with_an_accepted_version_is_never_refused()
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed < first + Schedules; seed++)
        {
            await RunAsync(new Random(seed), seed);
        }
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "A schedule is found again by its seed.")]
    private static async Task RunAsync(Random random, int seed)
    {
        await using var app = await ApiKeyApp.StartAsync(options => options.AddClient("acme"), "acme");
        var provider = app.Provider("acme");
        var ended = new HashSet<int>();
        var replaced = new Dictionary<int, DateTimeOffset>();
        var newest = 1;
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1 when newest < 6:
                    replaced[newest] = app.Time.GetUtcNow();
                    await app.RotateAsync("acme", ++newest);
                    break;
                case 2 when replaced.Keys.Except(ended).Order().FirstOrDefault() is > 0 and var leaked:
                    await provider.RevokeAsync(string.Create(CultureInfo.InvariantCulture, $"v{leaked}"), "leaked", Ct);
                    ended.Add(leaked);
                    break;
                case 3 when replaced.Keys.Except(ended).Order().FirstOrDefault() is > 0 and var disabled:
                    app.Keys.SetEnabled("acme", string.Create(CultureInfo.InvariantCulture, $"v{disabled}"), false);
                    await provider.RefreshAsync(RefreshReason.Requested, Ct);
                    ended.Add(disabled);
                    break;
                case 4:
                    app.Time.Advance(TimeSpan.FromMinutes(random.Next(1, 40)));
                    break;
                default:
                    await provider.RefreshAsync(RefreshReason.Requested, Ct);
                    break;
            }

            for (var version = 1; version <= newest; version++)
            {
                var isDue = !ended.Contains(version) && (version == newest || app.Time.GetUtcNow() - replaced[version] < TimeSpan.FromHours(1));
                using var answer = await app.SendAsync(ApiKeyApp.Key("acme", version));
                Assert.True(!isDue || answer.IsSuccessStatusCode, $"seed {seed}, step {step}: the key of v{version} was refused with {answer.StatusCode}");
                Assert.True(!ended.Contains(version) || !answer.IsSuccessStatusCode, $"seed {seed}, step {step}: the key of v{version} was accepted after it had ended");
            }
        }
    }
}
