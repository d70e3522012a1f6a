using Grpc.Core;

namespace Nhi.Rotation.Grpc;

/// <summary>Tells the provider what the server said of the version that a call carried.</summary>
internal readonly struct CallVerdict(IRotatingCredentialProvider provider, CallStamp stamp)
{
    public void Accepted() => provider.Report(stamp.Source, CredentialOutcome.Accepted);

    /// <summary>Whether an error blames the credential; then it is reported.</summary>
    public bool IsRejection(RpcException error)
    {
        if (error.StatusCode != StatusCode.Unauthenticated)
        {
            return false;
        }

        provider.Report(stamp.Source, CredentialOutcome.Rejected);
        return true;
    }

    /// <summary>The answer, once it is there.</summary>
    public async Task<T> JudgeAsync<T>(Task<T> answer)
    {
        try
        {
            var result = await answer.ConfigureAwait(false);
            Accepted();
            return result;
        }
        catch (RpcException error) when (IsRejection(error))
        {
            throw;
        }
    }
}
