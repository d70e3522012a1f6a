namespace Nhi.Rotation;

/// <summary>Tests one version on the real workload path: before it is presented and, if asked for, after it was retired or revoked.</summary>
/// <remarks>Never called on the hot path. Must be safe for concurrent use.</remarks>
public interface ICredentialProbe
{
    /// <summary>Tests a version. Its reveal is not counted as a use.</summary>
    /// <param name="credential">The version to test.</param>
    /// <param name="ct">Cancels the test when its time is up; that counts as inconclusive.</param>
    /// <returns>The verdict. An exception counts as inconclusive.</returns>
    ValueTask<ProbeResult> ProbeAsync(Credential credential, CancellationToken ct);
}
