namespace ZeroDowntimeRotation;

/// <summary>The command line.</summary>
/// <param name="Path">A real mounted secret to follow instead of the demo's own volume.</param>
/// <param name="Duration">How long to follow it.</param>
/// <param name="Evidence">Where to write evidence, if anywhere.</param>
/// <param name="IsStuck">Whether one consumer captures the key at start and never asks again.</param>
/// <param name="IsHidden">Whether to show what hides from every dashboard, instead of rotations under load.</param>
/// <param name="Metrics">The loopback port where Prometheus can scrape metrics, if any.</param>
internal sealed record Arguments(string? Path, TimeSpan Duration, string? Evidence, bool IsStuck, int? Metrics, bool IsHidden = false)
{
    public const string Usage = "dotnet run --project samples/ZeroDowntimeRotation [-- [--path FILE [--seconds N]] [--stuck] [--evidence DIR] [--metrics PORT] | --hidden]";

    /// <summary>The parsed command line, or <see langword="null"/> if it makes no sense.</summary>
    public static Arguments? Parse(string[] args)
    {
        if (args is ["--hidden"])
        {
            return new Arguments(null, TimeSpan.Zero, null, IsStuck: false, null, IsHidden: true);
        }

        string? path = null;
        string? evidence = null;
        var isStuck = false;
        var seconds = 60;
        var port = 0;
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--stuck":
                    isStuck = true;
                    continue;
                case "--path" when value is not null:
                    path = value;
                    break;
                case "--evidence" when value is not null:
                    evidence = value;
                    break;
                case "--seconds" when int.TryParse(value, out seconds) && seconds > 0:
                    break;
                case "--metrics" when int.TryParse(value, out port) && port is > 0 and <= 65535:
                    break;
                default:
                    return null;
            }

            i++;
        }

        return new Arguments(path, TimeSpan.FromSeconds(seconds), evidence, isStuck, port == 0 ? null : port);
    }
}
