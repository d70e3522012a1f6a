namespace Nhi.Rotation.Telemetry;

/// <summary>A backend that knows why it does not tell of changes.</summary>
internal interface ITellsWatch
{
    /// <summary>How changes of what is under a key are found now; <see langword="null"/> before anybody watched it.</summary>
    WatchStanding? WatchOf(string key);
}
