using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using OpenTelemetry.Metrics;
using ZeroDowntimeRotation;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine($"usage: {Arguments.Usage}");
    return 2;
}

if (arguments.IsHidden)
{
    return await Hidden.RunAsync() ? 0 : 1;
}

var directory = arguments.Path is null ? Directory.CreateTempSubdirectory("zero-downtime-") : null;
try
{
    var secret = directory is null ? null : new DemoSecret(directory.FullName);
    secret?.Write(Rotations.Key(0));
    await using var upstream = await Upstream.StartAsync();

    // What an app does: name the credential, say where it lives, attach it to an HttpClient.
    var builder = Host.CreateApplicationBuilder();
    builder.Logging.ClearProviders();
    // Nobody else has this key: what this process saw is all there is to see.
    var credentials = builder.Services.AddRotatingCredentials()
        .Configure(static options => options.OnlyProcess = true)
        .AddCredential("partner", c => c
            .FromFiles(arguments.Path ?? secret!.Path)
            .OwnedBy("payments").For("charges")
            .Configure(options =>
            {
                options.FallbackPause = Rotations.Hold;
                if (arguments is { Path: null, IsStuck: false })
                {
                    options.Overlap = Rotations.Overlap;
                    options.QuietPeriod = Rotations.Quiet;
                }
            }));
    if (arguments.Evidence is { } evidence)
    {
        credentials.WriteEvidenceTo(evidence);
    }

    if (arguments.Metrics is { } port)
    {
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Nhi.Rotation")
            .AddPrometheusHttpListener(listener => (listener.Host, listener.Port) = ("127.0.0.1", port)));
    }

    builder.Services.AddHttpClient<PartnerClient>(http => http.BaseAddress = upstream.Address)
        .AddRotatingCredential("partner", http => http.Bearer());

    using var app = builder.Build();
    await app.StartAsync();
    var credential = app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("partner");
    var ledger = app.Services.GetRequiredService<IRotationLedger>();
    upstream.Accept(arguments.Path is null ? Rotations.Key(0) : credential.ForConsumer(Follower.Consumer).Current.Reveal());

    var load = new Load(app.Services.GetRequiredService<PartnerClient>(), workers: arguments.Path is null ? 2 * Environment.ProcessorCount : 1);
    var screen = new Screen(load, credential, ledger);
    var rotations = new Rotations(upstream, key => secret!.Write(key), credential, screen.Tell);
    await using (load)
    {
        load.Start();
        await using var report = arguments.IsStuck || arguments.Path is not null ? new NightlyReport(credential, arguments.IsStuck) : null;
        await screen.ShowWhileAsync(arguments switch
        {
            { Path: not null } => Follower.RunAsync(credential, upstream, screen.Tell, arguments.Duration, app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping),
            { IsStuck: true } => rotations.RunOnceAsync(),
            _ => rotations.RunAsync(),
        });
    }

    var isGood = Summary.Print(load, upstream, ledger.GetUses("partner"));
    var proof = ledger.GetRotations("partner");
    Proof.Print(proof);
    await app.StopAsync();
    return isGood && (!arguments.IsStuck || arguments.Path is not null || Proof.NamesTheStuckOne(proof)) ? 0 : 1;
}
finally
{
    directory?.Delete(recursive: true);
}
