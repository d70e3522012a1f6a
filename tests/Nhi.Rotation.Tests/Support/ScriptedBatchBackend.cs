namespace Nhi.Rotation.Tests.Support;

internal sealed class ScriptedBatchBackend : ScriptedBackend, IBatchCredentialBackend
{
    public int MaxBatchSize => 20;

    public List<int> BatchSizes { get; } = [];

    public async ValueTask<IReadOnlyList<BackendResult>> ListManyAsync(IReadOnlyList<BackendRequest> requests, CancellationToken ct)
    {
        Enter();
        try
        {
            lock (BatchSizes)
            {
                BatchSizes.Add(requests.Count);
            }

            var results = new List<BackendResult>();
            foreach (var request in requests)
            {
                results.Add(new BackendResult(await AnswerAsync(request, ct)));
            }

            return results;
        }
        finally
        {
            Leave();
        }
    }
}
