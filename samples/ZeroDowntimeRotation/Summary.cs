using Nhi.Rotation;

namespace ZeroDowntimeRotation;

/// <summary>What happened, and whether it was good.</summary>
internal static class Summary
{
    public static bool Print(Load load, Upstream upstream, IReadOnlyList<CredentialUse> uses)
    {
        var client = uses.Where(use => use.Consumer == nameof(PartnerClient) && use.Uses > 0).ToArray();
        var retired = client.Sum(use => use.ResidualRetired);
        Console.WriteLine();
        Console.WriteLine($"{"version",-22} {"stage",-9} {"uses",10} {"in overlap",11} {"retired",8}  last use");
        foreach (var use in client)
        {
            Console.WriteLine($"{use.VersionId,-22} {use.Stage,-9} {use.Uses,10:N0} {use.ResidualInOverlap,11:N0} {use.ResidualRetired,8:N0}  {use.LastUse:HH:mm:ss}");
        }

        Console.WriteLine();
        Console.WriteLine($"requests {load.Requests:N0}, failed {load.Failures:N0}, uses of a retired key {retired:N0}");
        Console.WriteLine($"the partner accepted {upstream.Accepted:N0} and refused {upstream.Refused:N0}, which were repeated with the other key");
        foreach (var error in load.Errors)
        {
            Console.WriteLine($"  {error}");
        }

        return load.Failures == 0 && retired == 0;
    }
}
