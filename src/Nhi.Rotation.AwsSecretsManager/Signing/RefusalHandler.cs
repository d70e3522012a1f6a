using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>
/// Makes a request again with another version while the service refuses the one that signed it, and tells what became of them. Stands above the SDK's own retries, which know a clock
/// that is wrong from a key that is.
/// </summary>
internal sealed class RefusalHandler : PipelineHandler
{
    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        ArgumentNullException.ThrowIfNull(executionContext);
        var request = new SignedRequest(executionContext.RequestContext);
        SignedRequest.Current = request;
        while (true)
        {
            try
            {
                var answer = await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);
                request.Accept();
                return answer;
            }
            catch (AmazonServiceException error) when (request.IsRefusedBy(error))
            {
                if (!await request.TryOtherAsync().ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }

    public override void InvokeSync(IExecutionContext executionContext)
    {
        ArgumentNullException.ThrowIfNull(executionContext);
        var around = SignedRequest.Current;
        var request = new SignedRequest(executionContext.RequestContext);
        SignedRequest.Current = request;
        try
        {
            while (true)
            {
                try
                {
                    base.InvokeSync(executionContext);
                    request.Accept();
                    return;
                }
                catch (AmazonServiceException error) when (request.IsRefusedBy(error))
                {
                    // Blocking is what the caller of a synchronous method asked for.
                    if (!request.TryOtherAsync().AsTask().GetAwaiter().GetResult())
                    {
                        throw;
                    }
                }
            }
        }
        finally
        {
            SignedRequest.Current = around;
        }
    }
}
