namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>One client and its keys.</summary>
internal sealed class ApiKeyClient(string id, IRotatingCredentialProvider keys, CallerPlaces? places)
{
    public string Id { get; } = id;

    public IRotatingCredentialProvider Keys { get; } = keys;

    /// <summary>Its machines, if they are told apart.</summary>
    public CallerPlaces? Places { get; } = places;

    /// <summary>Its requests that go on.</summary>
    public OpenSessions Sessions { get; } = new(keys);

    /// <summary>Warnings of old keys that it presents.</summary>
    public WarningPace Warnings { get; } = new();
}
