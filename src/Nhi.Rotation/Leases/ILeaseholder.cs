using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Leases;

/// <summary>A credential whose versions its store makes for this process alone.</summary>
internal interface ILeaseholder
{
    string Name { get; }

    string Key { get; }

    /// <summary>What ends a lease.</summary>
    IBackendRevoker Store { get; }

    /// <summary>What the lifecycle knows.</summary>
    CredentialState State { get; }

    /// <summary>Has the store asked soon.</summary>
    void Signal();
}
