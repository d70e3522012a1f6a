namespace Nhi.Rotation.Providers;

/// <summary>Something that is built anew when another version becomes current.</summary>
internal interface IBuildsOnRotation
{
    void Build();
}
