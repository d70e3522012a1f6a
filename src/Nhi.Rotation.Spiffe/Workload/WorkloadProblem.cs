using Grpc.Core;

namespace Nhi.Rotation.Spiffe.Workload;

/// <summary>Why the Workload API gave nothing: the codes of the endpoint's standard, section 6, with cause and fix. What the server wrote is not repeated.</summary>
/// <param name="Failure">The kind.</param>
/// <param name="Cause">What happened, as the middle of a sentence.</param>
/// <param name="Fix">What to do, as a sentence.</param>
internal sealed record WorkloadProblem(BackendFailure Failure, string Cause, string Fix)
{
    /// <summary>It ended the stream without a word of why, as an agent that restarts does.</summary>
    public static readonly WorkloadProblem Ended = new(BackendFailure.Unavailable, "the SPIFFE Workload API ended the stream", "Nothing, unless it lasts: it is opened again. Then look at the agent's log.");

    /// <summary>It took the call and sent nothing.</summary>
    public static readonly WorkloadProblem Silence = new(BackendFailure.Unavailable, "the SPIFFE Workload API sends nothing on a stream that it took", "Look at the agent's log; the stream is opened again.");

    /// <summary>Whether the standard says not to ask again: the error is in the program or the set-up.</summary>
    public bool IsFinal { get; private init; }

    public static WorkloadProblem Of(RpcException error, WorkloadAddress address) => error.StatusCode switch
    {
        StatusCode.PermissionDenied => new(
            BackendFailure.AccessDenied,
            "the SPIFFE Workload API has no identity for this process",
            "Register an entry whose selectors match it, or wait until the agent knows of it; it is asked again."),
        StatusCode.InvalidArgument => new(
            BackendFailure.Misconfigured,
            $"what listens at {address} refuses the form of the request (InvalidArgument)",
            "See whether it is a SPIFFE Workload API. As the standard says, it is not asked again before the app starts anew.")
        { IsFinal = true },
        StatusCode.Unimplemented => new(
            BackendFailure.Misconfigured,
            $"what listens at {address} does not serve this part of the SPIFFE Workload API (Unimplemented)",
            "See whether it is a SPIFFE Workload API, and whether the operator has switched that part off. It is not asked again before the app starts anew.")
        { IsFinal = true },
        StatusCode.ResourceExhausted => new(
            BackendFailure.Throttled, "the SPIFFE Workload API is asked too often, or its answer is larger than 4 MiB (ResourceExhausted)", "Refresh less often, and look at the agent's log."),
        StatusCode.Unavailable when address.SocketPath is { } path && !File.Exists(path) => new(
            BackendFailure.Unavailable, $"there is no socket at {path}", "See whether the agent runs, and whether its socket is mounted there; it is tried again."),
        StatusCode.Unavailable => new(
            BackendFailure.Unavailable, $"the SPIFFE Workload API at {address} cannot be reached or is not ready", "See whether the agent runs, and whether this process may open its socket; it is tried again."),
        _ => new(BackendFailure.Unavailable, $"the SPIFFE Workload API answered {error.StatusCode}", "Look at the agent's log; it is tried again."),
    };

    public BackendException For(string credentialName) => new(credentialName, Failure, Cause, Fix);
}
