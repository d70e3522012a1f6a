using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>What was read.</summary>
/// <param name="Instances">What each instance says.</param>
/// <param name="LeftAlone">Files in the directories that are no evidence.</param>
internal sealed record FoundEvidence(IReadOnlyList<InstanceEvidence> Instances, IReadOnlyList<string> LeftAlone);
