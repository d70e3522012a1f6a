namespace Nhi.Rotation;

/// <summary>
/// What stands behind a <see cref="Credential"/>: the stage its version has now, and the count of its uses. The engine has its own;
/// derive from it in tests to see which version your code reveals.
/// </summary>
/// <remarks>Implementations must be safe for concurrent use; <see cref="RecordUse()"/> is on the hot path of every reveal.</remarks>
public abstract class CredentialTracker
{
    /// <summary>The stage of the version at this moment.</summary>
    public abstract CredentialStage Stage { get; }

    /// <summary>The consumer whose uses are counted.</summary>
    public abstract string Consumer { get; }

    /// <summary>Counts one use. Must not throw.</summary>
    public abstract void RecordUse();

    /// <summary>Counts one use that made something which is valid until then. Must not throw.</summary>
    /// <param name="until">When that ends.</param>
    public virtual void RecordUse(DateTimeOffset until) => RecordUse();

    /// <summary>
    /// The value was given out as this object, made for this consumer alone: whoever keeps it longer than the version lasts holds the version. Called once for each such
    /// object, which must be kept only weakly. Must not throw.
    /// </summary>
    /// <param name="given">A <see cref="string"/>, an array of bytes, or a typed value such as a <see cref="UsernamePassword"/>.</param>
    public virtual void NoteGiven(object given)
    {
    }

    /// <summary>A use began that goes on until <see cref="EndHold"/>; it was already counted by <see cref="RecordUse()"/>. Must not throw.</summary>
    public virtual void BeginHold()
    {
    }

    /// <summary>A use that went on has ended. Called once for each <see cref="BeginHold"/>, perhaps by the finalizer's thread. Must not throw.</summary>
    public virtual void EndHold()
    {
    }

    /// <summary>
    /// A use that went on was lost: nobody refers to it any more, and nobody said that it has ended. Called instead of <see cref="EndHold"/>, by the finalizer's thread. Must not throw.
    /// </summary>
    public virtual void LoseHold() => EndHold();
}
