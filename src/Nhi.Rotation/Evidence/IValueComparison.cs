namespace Nhi.Rotation.Evidence;

/// <summary>Which versions hold one value, of one credential or of several.</summary>
internal interface IValueComparison
{
    /// <summary>The versions of other credentials that hold the value of a version and are in service.</summary>
    IReadOnlyList<KnownValue> Elsewhere(string credential, string version);

    /// <summary>All other versions that hold the value of a version, also of the same credential and out of service.</summary>
    IReadOnlyList<KnownValue> All(string credential, string version);

    /// <summary>Whether the value of a version was ever seen here, so that others are compared with it.</summary>
    bool IsKnown(string credential, string version);
}
