namespace Nhi.Rotation.AwsSecretsManager.Tests;

internal static class Revealing
{
    /// <summary>The value of a listed version, in the only way there is: through a credential.</summary>
    public static string Text(this BackendVersion version) => new Credential("cred", version.Id, version.Value!).Reveal();

    public static byte[] Bytes(this BackendVersion version) => new Credential("cred", version.Id, version.Value!).RevealBytes().ToArray();

    /// <summary>Labels and values in order, such as <c>Previous=a, Current=b, Pending=?</c>.</summary>
    public static string Summary(this BackendListing listing) =>
        string.Join(", ", listing.Versions.Select(version => $"{version.Label}={(version.Value is null ? "?" : version.Text())}"));

    public static BackendVersion Only(this BackendListing listing, VersionLabel label) => Assert.Single(listing.Versions, version => version.Label == label);
}
