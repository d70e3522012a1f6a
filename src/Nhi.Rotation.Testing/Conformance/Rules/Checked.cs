namespace Nhi.Rotation.Testing;

/// <summary>A rule, and how it is checked.</summary>
/// <typeparam name="TRun">What a check has at hand.</typeparam>
internal sealed class Checked<TRun>(ConformanceRule rule, Func<TRun, Task<Finding>> check)
{
    /// <summary>A rule for backends.</summary>
    public Checked(string id, string statement, Func<TRun, Task<Finding>> check)
        : this(new ConformanceRule(id, statement, "write-a-backend.md"), check)
    {
    }

    public ConformanceRule Rule => rule;

    /// <summary>Checks it. Only a cancellation is an exception.</summary>
    public async Task<Finding> FindAsync(TRun run, TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        try
        {
            return await Task.Run(() => check(run), ct).WaitAsync(limit, time, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (RuleBrokenException broken)
        {
            return Finding.Failed(broken.Message);
        }
        catch (TimeoutException)
        {
            return Finding.Failed($"not finished after {limit.TotalSeconds:0.#} s");
        }
        catch (BackendException error)
        {
            return Finding.Failed($"the backend failed: {error.Failure}, {error.Cause}");
        }
        catch (EvidenceSinkException error)
        {
            return Finding.Failed($"the store failed: {error.Message}");
        }
#pragma warning disable CA1031 // A backend or a fixture may throw anything; the message may carry a value, so only the type is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Finding.Failed($"unexpected {error.GetType().FullName}");
        }
    }
}
