using RotatingApi;

// Without arguments: the demonstration, which starts the two services as processes of their own. "--service" is how it starts one. "--hunt": docs/hunt.md.
return args switch
{
    [] => await Demonstration.RunAsync(Demonstration.FullPause, forHunt: false),
    ["--short"] => await Demonstration.RunAsync(Demonstration.ShortPause, forHunt: false),
    ["--hunt"] => await Demonstration.RunAsync(Demonstration.ShortPause, forHunt: true),
    ["--service", var name, var address, var peer, var secrets] => await Service.RunAsync(name, new Uri(address), new Uri(peer), secrets),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run --project samples/RotatingApi [-- --short | --hunt]");
    return 2;
}
