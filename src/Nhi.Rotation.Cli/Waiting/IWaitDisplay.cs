namespace Nhi.Rotation.Cli.Waiting;

/// <summary>Shows what is waited for.</summary>
internal interface IWaitDisplay
{
    /// <summary>Shows what a look showed.</summary>
    /// <param name="sight">That.</param>
    /// <param name="at">When.</param>
    /// <param name="left">How much time there is yet.</param>
    void Show(Sight sight, DateTimeOffset at, TimeSpan left);
}
