using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.Npgsql;
using Npgsql;
using OpenTelemetry.Metrics;

// One short-lived instance of a service: presents a credential all the time and says so to three places at once, and to whoever scrapes it. What it is told comes on standard input, what it answers goes to
// standard error, and standard output is for its logs.
var (service, secret, evidence, database, console, port) = (args[0], args[1], args[2], args[3], args[4], int.Parse(args[5], CultureInfo.InvariantCulture));
await using var source = NpgsqlDataSource.Create(database);
var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = service });
_ = console switch
{
    "json" => builder.Logging.AddJsonConsole(),
    "simple" => builder.Logging.AddSimpleConsole(static options => options.SingleLine = true),
    _ => builder.Logging.AddSystemdConsole(),
};
builder.Services.AddRotatingCredentials()
    .WriteEvidenceTo(evidence)
    .WriteEvidenceToLogs()
    .WriteEvidenceTo(_ => new PostgresEvidenceSink(source))
    .Configure(static options => options.SweepInterval = TimeSpan.FromMilliseconds(100))
    .AddCredential("partner", credential => credential.FromFiles(secret).Configure(static options => options.QuietPeriod = TimeSpan.FromSeconds(4)));
builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
    .AddMeter("Nhi.Rotation")
    .AddPrometheusHttpListener(listener => (listener.Host, listener.Port) = ("127.0.0.1", port)));
using var app = builder.Build();
await app.StartAsync();
var provider = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
Credential? captured = null;
var isPaused = false;
var load = Task.Run(async () =>
{
    for (; ; await Task.Delay(10))
    {
        if (Volatile.Read(ref isPaused))
        {
            continue;
        }

#pragma warning disable NHI002 // What is captured is the old one after a rotation: that is what the test is about.
        var credential = Volatile.Read(ref captured) ?? await provider.GetCurrentAsync();
#pragma warning restore NHI002
        credential.RevealBytes();
        provider.Report(credential, CredentialOutcome.Accepted);
    }
});

Console.Error.WriteLine("started");
while (Console.In.ReadLine() is { } command && command != "stop")
{
    switch (command.Split(' '))
    {
        case ["capture"]:
            Volatile.Write(ref captured, provider.Current);
            break;
        case ["release"]:
            Volatile.Write(ref captured, null);
            await Task.Delay(50);
            GC.Collect();
            break;
        case ["pause"]:
            Volatile.Write(ref isPaused, true);
            break;
        case ["go"]:
            Volatile.Write(ref isPaused, false);
            break;
        case ["await", var version]:
            while (provider.Current.VersionId != version)
            {
                await Task.Delay(5);
            }

            break;
    }

    Console.Error.WriteLine(command);
}

Volatile.Write(ref isPaused, true);
await app.StopAsync();
