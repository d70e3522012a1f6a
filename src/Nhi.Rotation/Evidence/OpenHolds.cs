namespace Nhi.Rotation.Evidence;

/// <summary>The uses of one record that go on. Guarded by the ledger's lock.</summary>
internal sealed class OpenHolds
{
    private int _notedOpen;
    private CredentialStage _notedStage;

    public int Open { get; set; }

    /// <summary>Uses that were counted because they were open when a stage began.</summary>
    public long Carried { get; set; }

    /// <summary>Whether a sweep has something new to tell. Asking makes it old.</summary>
    public bool IsNews(CredentialStage stage)
    {
        var isNews = _notedOpen != Open || (_notedStage != stage && Open > 0);
        _notedOpen = Open;
        _notedStage = stage;
        return isNews;
    }
}
