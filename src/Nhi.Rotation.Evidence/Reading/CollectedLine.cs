namespace Nhi.Rotation.Evidence.Reading;

/// <summary>A line of evidence that was found in a log, and where it is kept.</summary>
/// <param name="Seq">Its number in its chain.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Name">Which of the instance's logs has it, from 0.</param>
/// <param name="Mark">Tells it from another line of the same number: the beginning of its hash.</param>
internal readonly record struct CollectedLine(long Seq, long Offset, int Length, int Name, ulong Mark);
