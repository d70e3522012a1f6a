namespace Nhi.Rotation;

/// <summary>What a target's last words make of a version; the better ones first.</summary>
internal enum Standing
{
    /// <summary>It was accepted, or never presented, or a refusal is long ago.</summary>
    Open,

    /// <summary>It was tried on suspicion of another one, and failed in the same way.</summary>
    Doubted,

    /// <summary>It was refused a moment ago.</summary>
    Refused,
}
