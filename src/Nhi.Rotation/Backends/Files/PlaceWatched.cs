using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Backends.Files;

/// <summary>What is known of where a path leads, as far as watching goes.</summary>
/// <param name="Real">Where it leads.</param>
/// <param name="Failure">Why a directory on the way cannot be watched, if one cannot.</param>
/// <param name="IsMount">Whether the file is itself a mount.</param>
/// <param name="ForeignFormat">The file system, if not only this machine writes there.</param>
internal sealed record PlaceWatched(string Real, string? Failure, bool IsMount, string? ForeignFormat)
{
    public WatchStanding Standing { get; } = new(
        Failure is null && !IsMount && ForeignFormat is null,
        Failure is not null ? $"it cannot be watched: {Failure}"
        : IsMount ? $"'{Real}' is itself a mount, so no event tells of its changes; it is looked at every {MountedFilePoll.Pace.TotalSeconds:0} s"
        : ForeignFormat is not null ? $"its file system, {ForeignFormat}, tells of no change that another machine or program makes behind it"
        : null);

    /// <summary>Looks at a place. The file system is asked only once for a place, for one of another machine can take its time.</summary>
    public static PlaceWatched Of(string real, string? failure, Mounts mounts, PlaceWatched? last)
    {
        var isMount = mounts.HasPoint(real) && File.Exists(real);
        return last is not null && last.Real == real
            ? last.Failure == failure && last.IsMount == isMount ? last : new PlaceWatched(real, failure, isMount, last.ForeignFormat)
            : new PlaceWatched(real, failure, isMount, FindForeignFormat(real));
    }

    // What the runtime does not know is not taken for one that tells of everything.
    private static string? FindForeignFormat(string path)
    {
        try
        {
            // That of the directory, where the file is still to come.
            var place = path;
            while (!Path.Exists(place) && Path.GetDirectoryName(place) is { } parent)
            {
                place = parent;
            }

            var drive = new DriveInfo(place);
            return drive.DriveType is DriveType.Fixed or DriveType.Ram or DriveType.Removable ? null : drive.DriveFormat;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "one that cannot be asked for";
        }
    }
}
