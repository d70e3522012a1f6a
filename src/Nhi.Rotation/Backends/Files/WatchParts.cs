using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Backends.Files;

/// <summary>What all watched paths of a backend share.</summary>
/// <param name="Directories">The watched directories.</param>
/// <param name="Mounts">The mounts of the machine.</param>
/// <param name="Time">The clock of looks.</param>
/// <param name="Logger">Where it is told what cannot be watched.</param>
internal sealed record WatchParts(DirectoryWatches Directories, Mounts Mounts, TimeProvider Time, ILogger Logger);
