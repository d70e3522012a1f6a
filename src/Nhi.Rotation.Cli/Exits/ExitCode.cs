namespace Nhi.Rotation.Cli;

/// <summary>What a pipeline reads.</summary>
internal enum ExitCode
{
    /// <summary>Every old version may be revoked, or is proven to be.</summary>
    Safe = 0,

    /// <summary>Somebody still uses an old version.</summary>
    StillUsed = 1,

    /// <summary>A version was used or accepted after its end, or evidence was tampered with.</summary>
    Violated = 2,

    /// <summary>Nothing speaks against it, but proof is missing.</summary>
    NotEnoughEvidence = 3,

    /// <summary>Time is up, and it is not safe.</summary>
    TimeUp = 4,

    /// <summary>The command line makes no sense (EX_USAGE of sysexits.h).</summary>
    Usage = 64,

    /// <summary>A file that was given cannot be read: no verdict (EX_NOINPUT).</summary>
    CannotRead = 66,

    /// <summary>A mistake of the tool: no verdict (EX_SOFTWARE).</summary>
    Mistake = 70,

    /// <summary>A file cannot be written (EX_CANTCREAT).</summary>
    CannotWrite = 73,

    /// <summary>Somebody interrupted it, as a shell says it.</summary>
    Interrupted = 130,
}
