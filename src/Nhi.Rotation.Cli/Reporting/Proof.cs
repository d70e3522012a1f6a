namespace Nhi.Rotation.Cli.Reporting;

/// <summary>One of the three proofs.</summary>
/// <param name="Name">What is to be shown.</param>
/// <param name="Result">How far it is.</param>
/// <param name="Statements">What the evidence says of it, a sentence each.</param>
/// <param name="Lines">The lines that say so.</param>
/// <param name="MoreLines">How many more there are.</param>
/// <param name="IsOnlyAsGiven">Whether it rests on limits that were overridden, or on somebody's word.</param>
internal sealed record Proof(string Name, ProofResult Result, IReadOnlyList<string> Statements, IReadOnlyList<EvidenceLine> Lines, int MoreLines, bool IsOnlyAsGiven = false);
