namespace Nhi.Rotation.Refreshing;

/// <summary>What somebody who asks for a refresh gets.</summary>
internal enum RefreshAnswer
{
    /// <summary>A refresh starts now, for them.</summary>
    Launched,

    /// <summary>The refresh under way.</summary>
    Joined,

    /// <summary>The refresh that follows the one under way.</summary>
    FollowsUp,

    /// <summary>What the last refresh brought; nothing starts.</summary>
    AsLast,

    /// <summary>Nothing now: a later refresh answers for everybody who asked within the interval.</summary>
    Later,
}
