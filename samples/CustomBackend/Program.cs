using CustomBackend;
using CustomBackend.LocalVault;
using CustomBackend.Suite;
using Nhi.Rotation.Testing;

// Usage: CustomBackend [--address URL --token TOKEN [--mount MOUNT] [--namespace NAMESPACE]]
// Without --address a small server that speaks Vault's protocol is started in this process.
var options = VaultOptions.Parse(args);
await using var local = options.Address is null ? await LocalVaultServer.StartAsync(TimeProvider.System) : null;
var address = local?.Address ?? options.Address!;
var token = local is null ? options.Token ?? "" : LocalVaultServer.Token;

Console.WriteLine($"Checking the backend against {(local is null ? address : "a local server that speaks Vault's protocol")}");
await using var fixture = new VaultFixture(address, token, options.Mount, options.Namespace, TimeProvider.System);
var results = await BackendConformance.RunAsync(fixture);
foreach (var result in results)
{
    Console.WriteLine(result);
}

if (results.Any(result => result.Verdict == ConformanceVerdict.Failed))
{
    return 1;
}

await RotationDemo.RunAsync(fixture);
return 0;
