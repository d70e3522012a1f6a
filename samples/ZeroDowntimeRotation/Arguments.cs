namespace ZeroDowntimeRotation;

/// <summary>The command line.</summary>
/// <param name="Path">A real mounted secret to follow instead of the demo's own volume.</param>
/// <param name="Duration">How long to follow it.</param>
internal sealed record Arguments(string? Path, TimeSpan Duration)
{
    public const string Usage = "dotnet run --project samples/ZeroDowntimeRotation [-- --path FILE [--seconds N]]";

    /// <summary>The parsed command line, or <see langword="null"/> if it makes no sense.</summary>
    public static Arguments? Parse(string[] args)
    {
        string? path = null;
        var seconds = 60;
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
            {
                return null;
            }

            switch (args[i])
            {
                case "--path":
                    path = args[i + 1];
                    break;
                case "--seconds" when int.TryParse(args[i + 1], out seconds) && seconds > 0:
                    break;
                default:
                    return null;
            }
        }

        return new Arguments(path, TimeSpan.FromSeconds(seconds));
    }
}
