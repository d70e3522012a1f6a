namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>A version of a credential of an app, by which a secret is known.</summary>
/// <param name="App">The app.</param>
/// <param name="Credential">Its credential.</param>
/// <param name="Version">The version.</param>
/// <param name="IsInService">Whether it is in service in a run that goes on or was the last of its app.</param>
public sealed record SecretHolder(string App, string Credential, string Version, bool IsInService);
