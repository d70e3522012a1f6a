using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation;

/// <summary>An app in which many consumers use a credential on many threads, with deep stacks, and drop what they were given; three of them keep it.</summary>
internal static class CrowdedSubject
{
    private const int Threads = 8;
    private const int ConsumersPerThread = 5;
    private const int Depth = 200;

    private static readonly List<object> Kept = [];

    public static async Task RunAsync(string secrets)
    {
        var builder = SubjectApp.CreateBuilder();
        builder.Services.AddRotatingCredentials().AddCredential("crowd", c => c.FromFiles(Path.Combine(secrets, "crowd")).Configure(static options => options.QuietPeriod = TimeSpan.FromSeconds(1)));
        var app = builder.Build();
        var crowd = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("crowd");
        app.MapGet("/keep", () =>
        {
#pragma warning disable NHI001, NHI002 // Somebody must be guilty.
            Kept.AddRange([crowd.ForConsumer("keeps-text").Current.Reveal(), crowd.ForConsumer("keeps-bytes").Current.RevealBytes(), crowd.ForConsumer("keeps-version").Current]);
#pragma warning restore NHI001, NHI002
            return crowd.Current.VersionId;
        });
        app.MapGet("/version", () => crowd.Current.VersionId);
        app.MapGet("/keepers", static (IRotationLedger ledger) =>
        {
            var old = ledger.GetUses().Where(static use => use.Stage is not (CredentialStage.Pending or CredentialStage.Current)).ToArray();
            return Array.Exists(old, static use => use.IsUnchecked) ? "not known yet" : string.Join('\n', old.Where(static use => use.Kept != KeptObjects.None).Select(static use => $"{use.Consumer}: {use.Kept}").Distinct().Order());
        });
        await crowd.GetCurrentAsync();
        for (var thread = 0; thread < Threads; thread++)
        {
            var consumers = Enumerable.Range(thread * ConsumersPerThread, ConsumersPerThread).Select(number => crowd.ForConsumer($"drops-{number}")).ToArray();
            new Thread(() => Work(consumers)) { IsBackground = true }.Start();
        }

        await SubjectApp.ServeAsync(app);
    }

    private static void Work(IRotatingCredentialProvider[] consumers)
    {
        for (var turn = 0; ; turn++)
        {
            Use(consumers[turn % consumers.Length], turn % Depth);
        }
    }

    // What was given stands in each frame until all below have returned.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Use(IRotatingCredentialProvider consumer, int depth)
    {
        var version = consumer.Current;
        var text = version.Reveal();
        var bytes = version.RevealBytes();
        var below = depth == 0 ? Pause() : Use(consumer, depth - 1);
        return below + text.Length + bytes.Length + version.VersionId.Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Pause()
    {
        Thread.Sleep(1);
        return 0;
    }
}
