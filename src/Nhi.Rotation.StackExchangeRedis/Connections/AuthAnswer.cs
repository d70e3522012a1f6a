namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>What a server made of a version; the worse ones last.</summary>
internal enum AuthAnswer
{
    /// <summary>The version is valid there.</summary>
    Accepted,

    /// <summary>It is known to be about something else: the network, a server that loads its data.</summary>
    Unknown,

    /// <summary>It failed while it authenticated, and nothing says why.</summary>
    Suspected,

    /// <summary>The server refused the version.</summary>
    Rejected,
}
