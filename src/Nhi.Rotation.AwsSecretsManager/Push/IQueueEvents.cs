namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>The events of one AWS service in a queue. Each reader of a queue has its own; not for concurrent use.</summary>
internal interface IQueueEvents
{
    /// <summary>Whether any credential is stored where these events come from.</summary>
    bool HasCredentials { get; }

    /// <summary>Takes a message's body in.</summary>
    /// <returns>Whether it is an event of this service; if so, it was handled or passed over.</returns>
    bool TryHandle(string body);
}
