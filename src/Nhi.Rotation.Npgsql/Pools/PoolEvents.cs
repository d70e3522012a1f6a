namespace Nhi.Rotation.Npgsql.Pools;

/// <summary>Whom the pools of one data source ask, and whom they tell. Set once, before the first connection.</summary>
internal sealed class PoolEvents
{
    /// <summary>The server asks a connection object that the app opens itself for a password. What becomes of it is told only if it is accepted, so what is presented should be known to work.</summary>
    public Func<CancellationToken, Task> BeforeLogin { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What to log in with by a user name that another one has taken over from, for connection objects that keep it; none if no version of it may be presented.</summary>
    public Func<string, Offer?> FindOffer { get; set; } = static _ => null;

    /// <summary>The server accepted a login of an open of ours.</summary>
    public Action<Offer> Accepted { get; set; } = static _ => { };

    /// <summary>The server accepted the version that a connection object of the app's presented.</summary>
    public Action<Credential> AcceptedElsewhere { get; set; } = static _ => { };

    /// <summary>Somebody has a connection of an older version.</summary>
    public Action Outdated { get; set; } = static () => { };
}
