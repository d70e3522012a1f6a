namespace Nhi.Rotation.StackExchangeRedis;

/// <summary>What a server said of a version.</summary>
internal enum AuthAnswer
{
    /// <summary>It cannot be told: no answer, or one about something else.</summary>
    Unknown,

    /// <summary>The version is valid there.</summary>
    Accepted,

    /// <summary>The server refused the version.</summary>
    Rejected,
}
