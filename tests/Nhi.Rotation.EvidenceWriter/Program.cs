using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;

// Uses the secret in a file all the time, says after each use how many there were, and writes evidence until it is killed or told to stop. With a third
// word it uses it three times and ends by it, without disposing anything; "follow" and a list of revocations instead say each version that it presents, and when.
var (secret, evidence, end) = (args[0], args[1], args.ElementAtOrDefault(2));
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
var rotating = builder.Services.AddRotatingCredentials();
if (end == "follow")
{
    rotating.RevocationsFrom(args[3]);
}

rotating
    .WriteEvidenceTo(evidence)
    .Configure(options => options.SweepInterval = end is null ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromMinutes(10))
    .AddCredential("partner", c => c.FromFiles(secret));
var app = builder.Build();
await app.StartAsync();
var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
if (end == "follow")
{
    for (string? last = null; ; await Task.Delay(5))
    {
        if (provider.Current.VersionId is var version && version != last)
        {
            Console.WriteLine($"{last = version} {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}");
        }
    }
}

if (end is not null)
{
    for (var uses = 0; uses < 3; uses++)
    {
        (await provider.GetCurrentAsync()).RevealBytes();
    }

    Console.WriteLine("used");
    switch (end)
    {
        case "exit":
            Environment.Exit(0);
            return;
        case "fail":
            throw new InvalidOperationException("It fails, as it was told to.");
        case "stay":
            await Task.Delay(Timeout.Infinite);
            return;
        default:
            return;
    }
}

var stop = Task.Run(Console.In.ReadLine);
for (var uses = 1; !stop.IsCompleted; uses++)
{
    provider.Current.RevealBytes();
    Console.WriteLine(uses);
    await Task.Delay(5);
}

await app.StopAsync();
app.Dispose();
