namespace Nhi.Rotation.Testing;

/// <summary>One rule that every backend keeps.</summary>
public sealed class ConformanceRule
{
    private const string Page = "https://github.com/nhi-rotation/nhi-rotation/blob/main/docs/write-a-backend.md";

    internal ConformanceRule(string id, string statement, Func<RuleRun, Task<Finding>> check)
    {
        Id = id;
        Statement = statement;
        Check = check;
#pragma warning disable CA1308 // Anchors of GitHub pages are lower case.
        Link = new Uri($"{Page}#{id.ToLowerInvariant()}");
#pragma warning restore CA1308
    }

    /// <summary>Its id, such as <c>NHI-B01</c>; never reused for another rule.</summary>
    public string Id { get; }

    /// <summary>The rule, in one sentence.</summary>
    public string Statement { get; }

    /// <summary>Where the rule and its reason are explained.</summary>
    public Uri Link { get; }

    internal Func<RuleRun, Task<Finding>> Check { get; }

    /// <summary>Id and statement.</summary>
    public override string ToString() => $"{Id}: {Statement}";
}
