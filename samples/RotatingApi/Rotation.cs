namespace RotatingApi;

/// <summary>One rotation after the other of the key that the shop presents to the orders service.</summary>
internal sealed class Rotation(ServiceProcess orders, ServiceProcess shop, TimeSpan pause)
{
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

    private async Task<bool> RunAsync(string title, Func<string, Task> rotate)
    {
        var before = await ReadAsync();
        await rotate(ServiceProcess.NewKey(Service.Shop));
        var version = (await orders.WaitAsync(state => state.Version != before.Orders.Version, "it has the new key")).Version;
        await shop.WaitAsync(state => state.Version == version, "it is on the new key for good");
        await Task.Delay(pause);
        var after = await ReadAsync();

        var requests = after.Shop.Requests - before.Shop.Requests;
        var failures = after.Shop.Failures - before.Shop.Failures;
        Console.WriteLine(
            $"{title,-13} {requests,9:N0} {failures,7:N0} {after.Orders.Refusals - before.Orders.Refusals,9:N0} {after.Shop.Warnings - before.Shop.Warnings,10:N0}  {before.Orders.Version} -> {version}");
        if (failures > 0)
        {
            Console.WriteLine($"  {after.Shop.Error}");
        }

        return requests > 0 && failures == 0 && after.Shop.Version == version && after.Orders.Version == version;
    }

    private async Task<(State Orders, State Shop)> ReadAsync() => (await orders.ReadAsync(), await shop.ReadAsync());
}
