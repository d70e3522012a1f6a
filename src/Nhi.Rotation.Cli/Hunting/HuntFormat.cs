namespace Nhi.Rotation.Cli.Hunting;

/// <summary>For whom the result is written.</summary>
internal enum HuntFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,
}
