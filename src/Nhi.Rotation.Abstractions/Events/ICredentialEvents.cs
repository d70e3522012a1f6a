namespace Nhi.Rotation;

/// <summary>What happens to credentials, for whoever acts on it: opens a ticket, starts a rotation, tells a person.</summary>
/// <remarks>
/// Safe for concurrent use. A reader that is slow, blocks or throws harms nothing: each has a buffer of its own, and what does not fit is dropped, oldest first, and counted in
/// <see cref="CredentialEvent.Missed"/>. The evidence, and not this stream, is the record.
/// </remarks>
public interface ICredentialEvents
{
    /// <summary>Events from now on, until cancelled or the application stops.</summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<CredentialEvent> ReadAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells all readers of something that only the caller saw.</summary>
    /// <param name="happened">What happened. It must hold no value.</param>
    void Tell(CredentialEvent happened);
}
