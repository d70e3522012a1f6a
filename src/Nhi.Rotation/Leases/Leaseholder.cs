using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Leases;

/// <summary>A credential whose versions its store makes for this process alone.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Key">Where the store holds it.</param>
/// <param name="Store">What ends a lease.</param>
/// <param name="State">What the lifecycle knows.</param>
/// <param name="Signal">Has the store asked soon.</param>
internal sealed record Leaseholder(string Name, string Key, IBackendRevoker Store, Func<CredentialState> State, Action Signal);
