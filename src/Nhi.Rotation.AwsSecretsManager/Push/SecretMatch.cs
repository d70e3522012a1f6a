using Amazon;

namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>Whether an event's secret is the one that a credential names: each may be a full ARN, a partial one or a name.</summary>
internal static class SecretMatch
{
    // A dash and six characters, which Secrets Manager appends to the name in an ARN.
    private const int SuffixLength = 7;

    private const string SecretPrefix = "secret:";

    public static bool IsSame(SecretAddress address, string found)
    {
        var ours = Split(address.SecretId);
        var theirs = Split(found);
        return (ours.Where is null || theirs.Where is null || ours.Where == theirs.Where)
            && (ours.Name == theirs.Name || (theirs.Where is not null && IsSuffixed(theirs.Name, ours.Name)) || (ours.Where is not null && IsSuffixed(ours.Name, theirs.Name)));
    }

    private static bool IsSuffixed(string longer, string name) =>
        longer.Length == name.Length + SuffixLength && longer[name.Length] == '-' && longer.StartsWith(name, StringComparison.Ordinal);

    private static (string? Where, string Name) Split(string id) =>
        Arn.TryParse(id, out var arn) && arn.Resource.StartsWith(SecretPrefix, StringComparison.Ordinal)
            ? ($"{arn.Region}/{arn.AccountId}", arn.Resource[SecretPrefix.Length..])
            : (null, id);
}
