namespace Nhi.Rotation.AspNetCore;

/// <summary>When requests that go on, such as WebSockets and streams, are cut because the API key they were opened with has ended.</summary>
public enum SessionEnd
{
    /// <summary>Never: they hold the version, and the verdict on it says so, until they end by themselves.</summary>
    Never = 0,

    /// <summary>When the version is revoked.</summary>
    AtRevocation = 1,

    /// <summary>When the version is revoked, or retired: its overlap is over, or the store no longer has it.</summary>
    AtRetirement = 2,
}
