namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>What is remembered of a message.</summary>
internal enum MessageState
{
    /// <summary>Nothing: it is new.</summary>
    New,

    /// <summary>The endpoint runs on it.</summary>
    Running,

    /// <summary>The endpoint has dealt with it.</summary>
    Done,

    /// <summary>It was for another endpoint of the group.</summary>
    Elsewhere,
}
