namespace Nhi.Rotation.AwsSecretsManager.Push;

/// <summary>A secret that a credential of this app is stored in.</summary>
internal sealed record WatchedSecret(SecretAddress Address);
