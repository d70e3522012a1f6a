using CustomBackend.Suite;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation;

namespace CustomBackend;

/// <summary>The backend in the engine: an app's view of one rotation.</summary>
public static class RotationDemo
{
    public static async Task RunAsync(VaultFixture vault)
    {
        var key = vault.NewKey();
        await vault.PutAsync(key, "the first value", CancellationToken.None);

        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("demo", c => c.UseBackend(key, _ => vault.Backend).OwnedBy("samples"));
        await using var provider = services.BuildServiceProvider();
        var demo = provider.GetRequiredKeyedService<IRotatingCredentialProvider>("demo");

        var first = await demo.GetCurrentAsync();
        Console.WriteLine($"Loaded:  {first}");

        await vault.PutAsync(key, "the second value", CancellationToken.None);
        var set = await demo.RefreshAsync(RefreshReason.Requested);
        Console.WriteLine($"Rotated: {set.Current}; before: {first}");
    }
}
