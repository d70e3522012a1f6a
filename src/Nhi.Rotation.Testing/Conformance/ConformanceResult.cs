namespace Nhi.Rotation.Testing;

/// <summary>What one rule came to with one backend.</summary>
public sealed class ConformanceResult
{
    internal ConformanceResult(ConformanceRule rule, ConformanceVerdict verdict, string? message)
    {
        Rule = rule;
        Verdict = verdict;
        Message = message;
    }

    /// <summary>The rule.</summary>
    public ConformanceRule Rule { get; }

    /// <summary>The verdict.</summary>
    public ConformanceVerdict Verdict { get; }

    /// <summary>What went wrong, or why the rule does not apply; <see langword="null"/> if it passed. Never contains a value.</summary>
    public string? Message { get; }

    /// <summary>Does nothing unless the rule failed; makes a test of any framework fail then.</summary>
    /// <exception cref="ConformanceException">The rule failed.</exception>
    public void ThrowIfFailed()
    {
        if (Verdict == ConformanceVerdict.Failed)
        {
            throw new ConformanceException(this);
        }
    }

    /// <summary>Id, verdict, statement and message on one line.</summary>
    public override string ToString()
    {
        var verdict = Verdict switch
        {
            ConformanceVerdict.Passed => "passed",
            ConformanceVerdict.Failed => "FAILED",
            _ => "not applicable",
        };
        return Message is null ? $"{Rule.Id} {verdict}: {Rule.Statement}" : $"{Rule.Id} {verdict}: {Rule.Statement} ({Message})";
    }
}
