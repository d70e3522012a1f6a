using Nhi.Rotation.GoogleSecretManager.Api;

namespace Nhi.Rotation.GoogleSecretManager.Push;

/// <summary>A secret that a credential of this app is stored in.</summary>
internal sealed record WatchedSecret(SecretAddress Address);
