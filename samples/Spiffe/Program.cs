using SpiffeSample;

// Two services with mTLS, SVIDs of 10 s, a root that rotates with proof, a partner that is let in. No key on any disk. Exits with 0 only if no request failed.
return args switch
{
    [] => await Demonstration.RunAsync(Console.Out, Demonstration.FullPace) ? 0 : 1,
    ["--short"] => await Demonstration.RunAsync(Console.Out, Demonstration.ShortPace) ? 0 : 1,
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: dotnet run --project samples/Spiffe [-- --short]");
    return 2;
}
