namespace Nhi.Rotation;

/// <summary>What a backend itself says of a version. Backends without such labels leave <see cref="None"/>.</summary>
public enum VersionLabel
{
    /// <summary>The backend does not say. Versions are then ordered by <see cref="BackendVersion.CreatedOn"/>.</summary>
    None,

    /// <summary>Staged by the backend (AWSPENDING). Never promoted until the backend says otherwise.</summary>
    Pending,

    /// <summary>The backend's current version (AWSCURRENT). If any version carries it, no other becomes current.</summary>
    Current,

    /// <summary>The backend's previous version (AWSPREVIOUS).</summary>
    Previous,
}
