using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;

// Uses the secret in a file all the time, says after each use how many there were, and writes evidence until it is killed or told to stop.
var (secret, evidence) = (args[0], args[1]);
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.Services.AddRotatingCredentials()
    .WriteEvidenceTo(evidence)
    .Configure(options => options.SweepInterval = TimeSpan.FromMilliseconds(100))
    .AddCredential("partner", c => c.FromFiles(secret));
using var app = builder.Build();
await app.StartAsync();
var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
var stop = Task.Run(Console.In.ReadLine);
for (var uses = 1; !stop.IsCompleted; uses++)
{
    provider.Current.RevealBytes();
    Console.WriteLine(uses);
    await Task.Delay(5);
}

await app.StopAsync();
