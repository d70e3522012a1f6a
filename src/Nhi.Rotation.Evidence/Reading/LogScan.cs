using Nhi.Rotation.Evidence.Collecting;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Reads a log of any form from its beginning to its end and gives out the lines of evidence in it.</summary>
internal static class LogScan
{
    // A collector writes a batch of many records as one line. What is longer is passed over: the chain tells what was in it.
    internal const int MaxLineBytes = 16 << 20;

    /// <summary>Gives each sealed line in it to <paramref name="found"/>.</summary>
    /// <param name="log">The log. A file may grow while it is read.</param>
    /// <param name="found">Is called on the same thread.</param>
    public static void Read(Stream log, Action<ReadOnlySpan<byte>> found)
    {
        var buffer = new LineBuffer(MaxLineBytes);
        var split = new SplitLines();
        do
        {
            while (buffer.TryTake(out var line, out var isTooLong))
            {
                if (!isTooLong)
                {
                    EmbeddedLines.Find(split.Take(line), found);
                }
            }
        }
        while (buffer.Fill(log));

        if (!buffer.IsTooLong)
        {
            EmbeddedLines.Find(split.Take(buffer.Rest), found);
        }
    }
}
