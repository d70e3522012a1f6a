namespace Nhi.Rotation;

/// <summary>What happens when a credential cannot be loaded at start.</summary>
public enum StartMode
{
    /// <summary>The host does not start; the error names every credential that is missing.</summary>
    FailFast,

    /// <summary>The host starts, the error is logged, and loading goes on in the background.</summary>
    Degraded,
}
