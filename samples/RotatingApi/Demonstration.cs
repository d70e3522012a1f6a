using System.Security.Cryptography;
using RotatingApi.Features;

namespace RotatingApi;

/// <summary>Rotates the key that the shop presents to the orders service, in each order, while the shop sends without a pause.</summary>
internal static class Demonstration
{
    /// <summary>How far the two sides are apart, and how long each rotation is watched afterwards.</summary>
    public static readonly TimeSpan FullPause = TimeSpan.FromSeconds(3);

    /// <summary>The same for tests.</summary>
    public static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(700);

    public static async Task<int> RunAsync(TimeSpan pause, bool forHunt)
    {
        var directory = Directory.CreateTempSubdirectory("rotating-api-");
        try
        {
            await using var orders = new ServiceProcess(Service.Orders, directory.FullName);
            await using var shop = new ServiceProcess(Service.Shop, directory.FullName);
            using var authority = new CertificateAuthority();
            await StartAsync(orders, shop, authority);
            Console.WriteLine($"{"rotated",-13} {"requests",9} {"failed",7} {"repeated",9} {"told: old",10}  key");
            var rotation = new Rotation(orders, shop, pause);
            var isGood = await rotation.RunAsync("server first", orders, shop);
            isGood &= await rotation.RunAsync("client first", shop, orders);
            isGood &= await rotation.RunAtOnceAsync("both at once");
            isGood &= await rotation.RunCertificateAsync("certificate", authority);
            Console.WriteLine(isGood ? "No request failed." : "Not what was promised: see above.");
            if (forHunt)
            {
                await AwaitHuntAsync(rotation, directory.FullName, orders, shop);
            }

            return isGood ? 0 : 1;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    // Every old key is revoked, as on the day on which one leaked. Then whoever wants to looks for them in the services, which go on working.
    private static async Task AwaitHuntAsync(Rotation rotation, string directory, params ServiceProcess[] services)
    {
        var values = rotation.Old.Select((old, index) => (Path: Path.Join(directory, $"old-{index + 1}"), old.Key)).ToList();
        foreach (var (path, key) in values)
        {
            await File.WriteAllTextAsync(path, key);
        }

        foreach (var service in services)
        {
            service.Write(Service.Revocations, $$"""{"revoked":[{{string.Join(',', rotation.Old.Select(static old => $$"""{"credential":"{{Service.ShopKey}}","version":"{{old.Version}}"}"""))}}]}""");
            await service.WaitAsync(static state => state.OldKeys == 0, "no old key is in service");
        }

        Console.WriteLine($"nhi-rotation hunt {string.Join(' ', services.Select(static service => $"--pid {service.Id}"))} {string.Join(' ', values.Select(static value => $"--value-file {value.Path}"))}");
        Console.WriteLine("End with Enter.");
        await Console.In.ReadLineAsync();
    }

    private static async Task StartAsync(ServiceProcess orders, ServiceProcess shop, CertificateAuthority authority)
    {
        foreach (var service in (ServiceProcess[])[orders, shop])
        {
            authority.Introduce(service);
            authority.Issue(service);
        }

        foreach (var (name, value) in ((string, string)[])
        [
            (Service.KeyOf(Service.Orders), ServiceProcess.NewKey(Service.Orders)),
            (Service.ShopKey, ServiceProcess.NewKey(Service.Shop)),
            (Webhooks.Key, $"whsec_{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"),
            (Service.Revocations, """{"revoked":[]}"""),
            (Push.Key, ServiceProcess.NewKey("events")),
        ])
        {
            orders.Write(name, value);
            shop.Write(name, value);
        }

        var fingerprintKey = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        orders.Start(shop.Address, fingerprintKey);
        shop.Start(orders.Address, fingerprintKey);
        await orders.WaitAsync(static _ => true, "it listens");
        await shop.WaitAsync(static _ => true, "it listens");
        await shop.StartLoadAsync();
        await shop.WaitAsync(static state => state.Requests > 0, "it sent a request");
    }
}
