using System.Text.Json.Nodes;

namespace DynamicDatabase.LocalVault;

/// <summary>One lease in the local server.</summary>
internal sealed class LocalLease(string id, string role, JsonObject data, DateTimeOffset issuedOn)
{
    private int _ended;

    public string Id => id;

    public string Role => role;

    public JsonObject Data => data;

    public DateTimeOffset IssuedOn => issuedOn;

    public DateTimeOffset ExpiresOn { get; set; }

    /// <summary>Ends it when its time is over.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>Whether the caller is the one who ends it.</summary>
    public bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;
}
