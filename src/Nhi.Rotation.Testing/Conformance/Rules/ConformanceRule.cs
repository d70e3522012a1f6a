namespace Nhi.Rotation.Testing;

/// <summary>One rule that every backend, or every store for evidence, keeps.</summary>
public sealed class ConformanceRule
{
    private const string Docs = "https://github.com/nhi-rotation/nhi-rotation/blob/main/docs";

    internal ConformanceRule(string id, string statement, string page)
    {
        Id = id;
        Statement = statement;
#pragma warning disable CA1308 // Anchors of GitHub pages are lower case.
        Link = new Uri($"{Docs}/{page}#{id.ToLowerInvariant()}");
#pragma warning restore CA1308
    }

    /// <summary>Its id, such as <c>NHI-B01</c>; never reused for another rule.</summary>
    public string Id { get; }

    /// <summary>The rule, in one sentence.</summary>
    public string Statement { get; }

    /// <summary>Where the rule and its reason are explained.</summary>
    public Uri Link { get; }

    /// <summary>Id and statement.</summary>
    public override string ToString() => $"{Id}: {Statement}";
}
