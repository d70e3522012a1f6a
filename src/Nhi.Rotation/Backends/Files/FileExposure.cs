namespace Nhi.Rotation;

/// <summary>What happens when somebody else may write a credential's file, or change a directory or link on its way, or owns one of them.</summary>
public enum FileExposure
{
    /// <summary>A warning (event 204), once for each path. The value is used.</summary>
    Warn,

    /// <summary>The file is not read: a refresh fails, a first load too.</summary>
    Refuse,

    /// <summary>Nothing: an agent that runs as another user writes the file, and that is how it is meant.</summary>
    Accept,
}
