namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>An event in either schema: Event Grid's has topic and eventType where CloudEvents has source and type.</summary>
internal sealed record DeliveredEvent(string? Id, string? Topic, string? Source, string? EventType, string? Type, EventData? Data)
{
    public string? Kind => EventType ?? Type;

    /// <summary>What an id is unique within.</summary>
    public string Origin => Topic ?? Source ?? string.Empty;
}
