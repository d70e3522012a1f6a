using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation;
using Nhi.Rotation.StackExchangeRedis.Tests;
using StackExchange.Redis;

/// <summary>An app that uses a Redis user whose password rotates, and keeps nothing itself.</summary>
internal static class RedisUse
{
    public static async Task RunAsync(string secrets, string server)
    {
        var builder = SubjectApp.CreateBuilder();
        builder.Services.AddSingleton<TimeProvider>(new HurriedTime());
        builder.Services.AddRotatingCredentials().AddCredential("cache", c => c.FromFiles(Path.Combine(secrets, "cache")).Configure(options =>
        {
            options.Overlap = TimeSpan.FromSeconds(20);
            options.FallbackAfterRejections = 1000;
        }));
        builder.Services.AddRotatingRedis("cache", server);
        var app = builder.Build();
        app.MapGet("/use", async (IConnectionMultiplexer redis) =>
        {
            await redis.GetDatabase().StringSetAsync("key", "value");
            await redis.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"), static (_, _) => { });
        });
        app.MapGet("/versions", static (IRotationLedger ledger) => string.Join(' ', ledger.GetInventory().Single().Versions.Select(
            version => $"{version.Stage}:{ledger.GetUses().Where(use => use.VersionId == version.VersionId).Sum(static use => use.Held)}")));
        await SubjectApp.ServeAsync(app);
    }
}
