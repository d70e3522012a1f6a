using System.Text.Json;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>An event in either schema: Event Grid's has topic and eventType where CloudEvents has source and type. Events of other services have data of any form.</summary>
internal sealed record DeliveredEvent(string? Id, string? Topic, string? Source, string? EventType, string? Type, JsonElement? Data)
{
    public string? Kind => EventType ?? Type;

    /// <summary>What an id is unique within.</summary>
    public string Origin => Topic ?? Source ?? string.Empty;
}
