namespace Nhi.Rotation.Evidence;

/// <summary>
/// A process may end without anybody disposing anything: it returns from its entry point, calls <see cref="Environment.Exit"/>, is told to terminate, or fails. What it used until then is
/// written first. Only a kill loses it.
/// </summary>
internal sealed class LastWords : IDisposable
{
    // A disk that hangs must not hang the end of the app.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly UseLedger _ledger;
    private readonly IJournal _sink;

    public LastWords(UseLedger ledger, IJournal sink)
    {
        _ledger = ledger;
        _sink = sink;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        AppDomain.CurrentDomain.UnhandledException += OnFailure;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        AppDomain.CurrentDomain.UnhandledException -= OnFailure;
    }

    private void OnExit(object? sender, EventArgs args)
    {
        _ledger.SweepAll();
        Task.Run(_sink.Dispose).Wait(Timeout);
    }

    // It did not stop in good order, so no closing line.
    private void OnFailure(object sender, UnhandledExceptionEventArgs args)
    {
        _ledger.SweepAll();
        _sink.WriteNow();
    }
}
