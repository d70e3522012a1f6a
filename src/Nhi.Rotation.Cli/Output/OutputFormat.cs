namespace Nhi.Rotation.Cli.Output;

/// <summary>For whom the result is written.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>For programs.</summary>
    Json,
}
