using System.Diagnostics;
using System.Globalization;
using Nhi.Rotation;
using SpiffeSample.LocalAgent;

namespace SpiffeSample;

/// <summary>Two services under load, SVIDs that end after 10 s, a root that rotates with proof, and a partner that is let in.</summary>
public sealed class Demonstration : IAsyncDisposable
{
    /// <summary>How often SVIDs are replaced: at half of their life, as agents do.</summary>
    public static readonly TimeSpan FullPace = TimeSpan.FromSeconds(5);

    /// <summary>The same for tests.</summary>
    public static readonly TimeSpan ShortPace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TextWriter _screen;
    private readonly TimeSpan _pace;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly TrustDomain _ours = new("example.org");
    private readonly TrustDomain _theirs = new("partner.example");
    private readonly List<Service> _services = [];

    private Demonstration(TextWriter screen, TimeSpan pace) => (_screen, _pace) = (screen, pace);

    /// <summary>Runs it, and says whether all went as it should.</summary>
    public static async Task<bool> RunAsync(TextWriter screen, TimeSpan pace)
    {
        await using var demonstration = new Demonstration(screen, pace);
        return await demonstration.RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        _ours.Dispose();
        _theirs.Dispose();
    }

    private async Task<bool> RunAsync()
    {
        var orders = await StartAsync(_ours, "/orders");
        var billing = await StartAsync(_ours, "/billing");
        var shop = await StartAsync(_theirs, "/shop");
        using var renewal = new Timer(_ => _services.ForEach(static service => service.Agent.Renew()), null, _pace, _pace);
        await using var there = new Load(orders, billing).Start();
        await using var back = new Load(billing, orders).Start();
        Say($"{orders.Id} and {billing.Id} call each other. Their SVIDs end after {Life.TotalSeconds} s and are replaced after {_pace.TotalSeconds} s.");
        await UntilAsync(() => orders.Svids > 2 && billing.Svids > 2, "SVIDs rotate");

        var old = await RotateRootAsync(orders, billing);
        var isLetIn = await FederateAsync(shop, orders);
        await using var partner = new Load(shop, orders).Start();
        await UntilAsync(() => partner.Answered > 20, "the partner is answered");
        await Task.Delay(_pace);

        var failed = there.Failed + back.Failed + partner.Failed;
        _screen.WriteLine();
        foreach (var service in _services)
        {
            _screen.WriteLine($"{service.Id,-32} {service.Svids,3} SVIDs");
        }

        _screen.WriteLine($"the old root, {old}: {orders.VerdictOf(old)?.Kind} at orders, {billing.VerdictOf(old)?.Kind} at billing");
        _screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"requests {there.Answered + back.Answered + partner.Answered:N0}, failed {failed}"));
        if ((there.FirstError ?? back.FirstError ?? partner.FirstError) is { } error)
        {
            _screen.WriteLine(error);
        }

        return failed == 0 && isLetIn && orders.VerdictOf(old)?.Kind == VerdictKind.SafeToRevoke && billing.VerdictOf(old)?.Kind == VerdictKind.SafeToRevoke;
    }

    // Prepared, then signing, then gone; and it goes only when every service says that nobody needs it.
    private async Task<string> RotateRootAsync(Service orders, Service billing)
    {
        var old = orders.Roots.Credentials.Current!.VersionId;
        _ours.PrepareRoot();
        Push();
        await UntilAsync(() => orders.Roots.Credentials.Presentable.Count == 2 && billing.Roots.Credentials.Presentable.Count == 2, "both know the new root");
        Say("A new root is in the bundle; both services know it, and nothing is signed with it.");
        Say($"  May the old one go? {Ask(orders, old)}");

        _ours.ActivateRoot();
        Say("The new root signs from now on.");
        await UntilAsync(() => orders.VerdictOf(old)?.Kind == VerdictKind.SafeToRevoke && billing.VerdictOf(old)?.Kind == VerdictKind.SafeToRevoke, () => $"the old root may go: {Ask(orders, old)} {Ask(billing, old)}");
        Say($"  May the old one go? {Ask(orders, old)}");

        _ours.DropOldRoot();
        Push();
        await UntilAsync(() => orders.Roots.Credentials.Presentable.Count == 1 && billing.Roots.Credentials.Presentable.Count == 1, "both forget the old root");
        Say("The old root is gone.");
        return old;
    }

    private async Task<bool> FederateAsync(Service shop, Service orders)
    {
        var before = await IsAnsweredAsync(shop, orders);
        Say($"{shop.Id} calls orders, and is {(before ? "answered: WRONG" : "refused: the trust domains do not know each other")}.");
        orders.Agent.Federate(_theirs);
        shop.Agent.Federate(_ours);
        await UntilAsync(() => orders.Trust.TrustDomains.Contains("partner.example") && shop.Trust.TrustDomains.Contains("example.org"), "they know each other");
        var after = await IsAnsweredAsync(shop, orders);
        Say($"They are federated. {shop.Id} calls orders, and is {(after ? "answered" : "refused: WRONG")}.");
        return !before && after;
    }

    private static async Task<bool> IsAnsweredAsync(Service from, Service to)
    {
        try
        {
            return await from.CallAsync(to, CancellationToken.None) == from.Id;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static string Ask(Service service, string root) => service.VerdictOf(root) is { } verdict ? $"{verdict.Kind}. {string.Join(" ", verdict.Reasons.Take(2))}" : "It was not replaced yet.";

    private async Task<Service> StartAsync(TrustDomain domain, string path)
    {
        var service = await Service.StartAsync(domain, path, Life, _pace / 2);
        _services.Add(service);
        return service;
    }

    private void Push() => _services.ForEach(static service => service.Agent.Push());

    private static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(condition, () => what);

    private static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException($"Not in {Patience.TotalSeconds} s: {what()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private void Say(string text) => _screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_started):mm\\:ss\\.f}  {text}"));
}
