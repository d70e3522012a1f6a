namespace Nhi.Rotation.Npgsql.Logins;

/// <summary>What an open that failed says of the version that it presented.</summary>
internal enum FailureKind
{
    /// <summary>Nothing: it failed for another reason.</summary>
    Other,

    /// <summary>Nothing was presented: the version was revoked while the connection was being opened.</summary>
    Withdrawn,

    /// <summary>It failed while the server authenticated us, and nothing tells of another reason.</summary>
    Suspected,

    /// <summary>The server refused it, and said so.</summary>
    Refused,
}
