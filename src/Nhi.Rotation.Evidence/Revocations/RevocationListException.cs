namespace Nhi.Rotation.Evidence.Revocations;

/// <summary>A list of revocations cannot be read or written. The message names the place, the cause and the fix.</summary>
public sealed class RevocationListException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">Place, cause and fix.</param>
    /// <param name="inner">What failed underneath, if anything did.</param>
    public RevocationListException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Whether it may go well in a moment, since another process writes the list.</summary>
    public bool IsBusy { get; init; }
}
