using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Asking;

/// <summary>Who uses the versions of credentials, the current ones included. Pure.</summary>
internal static class VersionUsers
{
    /// <summary>All users: of each credential, those of the version that was used last come first.</summary>
    /// <param name="instances">The evidence.</param>
    /// <param name="now">The time.</param>
    /// <param name="credentialName">Only of this credential.</param>
    /// <param name="versionId">Only of this version.</param>
    public static IReadOnlyList<VersionUser> Of(IReadOnlyList<InstanceEvidence> instances, DateTimeOffset now, string? credentialName, string? versionId)
    {
        var all =
            from instance in instances
            from credential in instance.Credentials
            where credentialName is null || credential.Key == credentialName
            from use in credential.Value.Uses
            where use.Uses > 0 || IsOpen(use)
            select (Instance: instance, Use: use, Credential: credential.Value);
        var users =
            from one in all
            where versionId is null || one.Use.VersionId == versionId
            group one by (one.Use.CredentialName, one.Use.VersionId, one.Instance.App, one.Instance.Place, one.Use.Consumer, one.Use.Caller) into user
            select Merge([.. user], now);
        return
        [
            .. from user in users
               group user by (user.Credential, user.Version) into version
               orderby version.Key.Credential, version.Max(static user => user.LastUse) descending
               from user in version.OrderByDescending(static user => user.IsOnIt).ThenByDescending(static user => user.LastUse)
               select user,
        ];
    }

    private static VersionUser Merge((InstanceEvidence Instance, CredentialUse Use, CredentialEvidence Credential)[] same, DateTimeOffset now)
    {
        var ((newest, use, credential), open) = (same.MaxBy(static one => one.Instance.LastAt), Array.FindAll(same, static one => !one.Instance.IsClosed));
        var onIt = open.ToLookup(static one => IsOpen(one.Use) || !one.Credential.Uses.Any(other => IsLater(other, one.Use)));
        var running = onIt[true].ToLookup(one => now - one.Instance.LastAt <= FleetQuestion.DefaultMaxAge, static one => one.Instance.Name);
        return new VersionUser(
            use.CredentialName,
            use.VersionId,
            credential.Find(use.VersionId)?.Stage ?? use.Stage,
            newest.App,
            newest.Place,
            use.Consumer,
            use.Caller,
            same.Sum(static one => one.Use.Uses),
            open.Sum(static one => one.Use.Held + one.Use.LostHolds + (one.Use.Kept == KeptObjects.None ? 0 : 1)),
            same.Min(static one => one.Use.FirstUse),
            same.Max(static one => one.Use.LastUse),
            onIt[true].Any(),
            [.. running[true]],
            [.. running[false]],
            [.. onIt[false].Select(static one => one.Instance.Name)],
            same.Length - open.Length);
    }

    private static bool IsOpen(CredentialUse use) => use.Held > 0 || use.LostHolds > 0 || use.Kept != KeptObjects.None;

    private static bool IsLater(CredentialUse other, CredentialUse use) =>
        (other.Consumer, other.Caller) == (use.Consumer, use.Caller) && other.VersionId != use.VersionId && other.LastUse > use.LastUse;
}
