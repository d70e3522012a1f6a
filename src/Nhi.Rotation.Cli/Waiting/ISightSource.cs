namespace Nhi.Rotation.Cli.Waiting;

/// <summary>Where the verdict comes from.</summary>
internal interface ISightSource
{
    /// <summary>Looks once. What cannot be seen is a sight too.</summary>
    Task<Sight> LookAsync(CancellationToken ct);

    /// <summary>Writes what the last look showed, in full.</summary>
    void Write(TextWriter output);
}
