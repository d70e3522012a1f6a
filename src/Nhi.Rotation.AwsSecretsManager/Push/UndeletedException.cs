namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>Messages were handled and are still in the queue: reading on at once would be a loop as fast as the network.</summary>
#pragma warning disable CA1064 // It does not leave the reader.
internal sealed class UndeletedException(int failed, int count, (string Cause, string Fix) why) : Exception
#pragma warning restore CA1064
{
    public int Failed { get; } = failed;

    public int Count { get; } = count;

    public (string Cause, string Fix) Why { get; } = why;
}
