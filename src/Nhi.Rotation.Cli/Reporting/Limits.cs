namespace Nhi.Rotation.Cli.Reporting;

/// <summary>What no proof of this kind can know. docs/rotate-with-proof.md says it at length.</summary>
internal static class Limits
{
    public static IReadOnlyList<string> All { get; } =
    [
        "What it was not shown: an instance whose evidence is missing, an app that does not use the library, a copy of the key in somebody's shell.",
        "Whoever may write the evidence may rewrite it with all hashes. Chain heads that were kept elsewhere, as in this report, show it.",
        "A consumer is a name: two pieces of code under one name count as moved when one of them has, unless the other one keeps an object that it was given.",
        "A consumer that never ran since the evidence began is not known; one that ran and sleeps is known and not proven.",
        "The last moments of a process that was killed: up to one sweep of its counts is lost.",
        "What happens in a process after it said that it stopped.",
        "A text that was copied out of what the library gave out, unless a hunt looked for it.",
        "Acceptance is one request: that every endpoint, region and permission takes the new version is not shown.",
        "Each instance's times are those of its own clock. Times of use are those of the sweep that noticed them.",
        "Retired is not revoked: only a probe after the end shows what the other side does.",
    ];
}
