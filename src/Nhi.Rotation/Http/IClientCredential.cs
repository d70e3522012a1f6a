namespace Nhi.Rotation.Http;

/// <summary>One credential on one client, for as long as the app runs; its handlers come and go. The key of the service is its <see cref="ClientCredentialRegistration"/>.</summary>
internal interface IClientCredential
{
    DelegatingHandler CreateHandler();
}
