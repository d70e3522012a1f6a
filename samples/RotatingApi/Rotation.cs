namespace RotatingApi;

/// <summary>One rotation after the other of the key that the shop presents to the orders service.</summary>
internal sealed class Rotation(ServiceProcess orders, ServiceProcess shop, TimeSpan pause)
{
    /// <summary>The keys that were replaced.</summary>
    public List<(string Version, string Key)> Old { get; } = [];

    /// <summary>One side gets the new key, and a while later the other one.</summary>
    /// <returns>Whether no request failed and both sides are on the new key.</returns>
    public Task<bool> RunAsync(string title, ServiceProcess first, ServiceProcess second) => RunAsync(title, async key =>
    {
        first.Write(Service.ShopKey, key);
        await Task.Delay(pause);
        second.Write(Service.ShopKey, key);
    });

    /// <summary>Both sides get the new key at the same moment.</summary>
    /// <returns>Whether no request failed and both sides are on the new key.</returns>
    public Task<bool> RunAtOnceAsync(string title) => RunAsync(title, key => Task.WhenAll(
        Task.Run(() => orders.Write(Service.ShopKey, key)),
        Task.Run(() => shop.Write(Service.ShopKey, key))));

    /// <summary>The orders service gets a new certificate.</summary>
    /// <returns>Whether no request failed and no connection is left that was opened with the old one.</returns>
    public async Task<bool> RunCertificateAsync(string title, CertificateAuthority authority)
    {
        var before = await ReadAsync();
        authority.Issue(orders);
        var certificate = (await orders.WaitAsync(state => state.Certificate != before.Orders.Certificate, "it serves the new certificate")).Certificate;
        await orders.WaitAsync(static state => state.OldConnections == 0, "connections with the old certificate are closed");
        await Task.Delay(pause);
        return Print(title, before, await ReadAsync(), before.Orders.Certificate, certificate);
    }

    private async Task<bool> RunAsync(string title, Func<string, Task> rotate)
    {
        var before = await ReadAsync();
        Old.Add((before.Orders.Version, await shop.KeyAsync(Service.ShopKey)));
        await rotate(ServiceProcess.NewKey(Service.Shop));
        var version = (await orders.WaitAsync(state => state.Version != before.Orders.Version, "it has the new key")).Version;
        await shop.WaitAsync(state => state.Version == version, "it is on the new key");
        await Task.Delay(pause);

        // One that was refused before the other side had the key is on the old one for the pause of a fallback.
        await shop.WaitAsync(state => state.Version == version, "it is on the new key for good");
        var after = await ReadAsync();

        return Print(title, before, after, before.Orders.Version, version) && after.Shop.Version == version && after.Orders.Version == version;
    }

    private static bool Print(string title, (State Orders, State Shop) before, (State Orders, State Shop) after, string old, string @new)
    {
        var requests = after.Shop.Requests - before.Shop.Requests;
        var failures = after.Shop.Failures - before.Shop.Failures;
        Console.WriteLine(
            $"{title,-13} {requests,9:N0} {failures,7:N0} {after.Orders.Refusals - before.Orders.Refusals,9:N0} {after.Shop.Warnings - before.Shop.Warnings,10:N0}  {old} -> {@new}");
        if (failures > 0)
        {
            Console.WriteLine($"  {after.Shop.Error}");
        }

        return requests > 0 && failures == 0;
    }

    private async Task<(State Orders, State Shop)> ReadAsync() => (await orders.ReadAsync(), await shop.ReadAsync());
}
