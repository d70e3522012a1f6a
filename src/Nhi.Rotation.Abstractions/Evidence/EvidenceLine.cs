namespace Nhi.Rotation;

/// <summary>One sealed line of evidence: a JSON object that names credentials, versions and consumers, and never holds a value.</summary>
/// <param name="app">The app that writes it.</param>
/// <param name="instance">The chain it belongs to.</param>
/// <param name="number">Its place in that chain, from 1.</param>
/// <param name="at">When it was written.</param>
/// <param name="text">The line.</param>
public sealed class EvidenceLine(string app, string instance, long number, DateTimeOffset at, string text)
{
    /// <summary>The app that writes it.</summary>
    public string App => app;

    /// <summary>The chain it belongs to: 16 hexadecimal digits, of one run of the app at one store.</summary>
    public string Instance => instance;

    /// <summary>Its place in that chain, from 1.</summary>
    public long Number => number;

    /// <summary>When it was written, by the clock of the app.</summary>
    public DateTimeOffset At => at;

    /// <summary>The line, without a line end. A store keeps it character for character: one that changes breaks its seal.</summary>
    public string Text => text;
}
