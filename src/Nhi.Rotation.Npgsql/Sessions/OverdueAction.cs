namespace Nhi.Rotation.Npgsql.Sessions;

/// <summary>What to do about a connection that should have been returned.</summary>
internal enum OverdueAction
{
    /// <summary>Close it under its user.</summary>
    Close,

    /// <summary>A command is running on it: tell, and look again.</summary>
    TellBusy,

    /// <summary>It may stay as long as it likes: tell.</summary>
    TellHeld,
}
