namespace Nhi.Rotation.Http;

/// <summary>One origin that a credential is presented to, and what answers from there show. Safe for concurrent use.</summary>
/// <param name="presenter">Presents the credential there.</param>
/// <param name="proves">Which answers prove a version, if somebody said that.</param>
internal sealed class HttpTarget(Presenter<Stamp> presenter, Func<HttpResponseMessage, bool>? proves)
{
    private readonly RefusingAddresses? _refusing = proves is null ? new() : null;
    private volatile string? _answered;
    private volatile string? _proven;

    public Presenter<Stamp> Presenter => presenter;

    /// <summary>Notes an answer that did not refuse the version: what proves it, or how far it goes. Any status but success is about the request or the server and says nothing.</summary>
    public void NoteAnswer(Presented<Stamp> shown, HttpResponseMessage response)
    {
        if ((int)response.StatusCode is < 200 or >= 400 || proves?.Invoke(response) == false)
        {
            return;
        }

        var version = shown.Version.VersionId;
        if (_refusing is null || (!ReferenceEquals(_proven, version) && IsProof(shown, response)))
        {
            _proven = version;
            presenter.Accepted(shown);
            return;
        }

        // What was answered is told once; it costs a text.
        var isTold = ReferenceEquals(_answered, version);
        _answered = version;
        presenter.Answered(shown, isTold ? null : AnswerText.Of(response, shown.Value.IsAddressKnown));
    }

    /// <summary>Notes a refusal: where one version is refused, the answer to another one proves it.</summary>
    public void NoteRefusal(Presented<Stamp> shown, HttpResponseMessage response)
    {
        if (shown.Value.IsAddressKnown && _refusing is not null)
        {
            _refusing.Note(response.RequestMessage, shown.Version.VersionId);

            // What was proven before may have to be proven again.
            _proven = null;
        }
    }

    private bool IsProof(Presented<Stamp> shown, HttpResponseMessage response) =>
        shown.Value.IsAddressKnown && _refusing!.HasRefusedOther(response.RequestMessage, shown.Version.VersionId);
}
