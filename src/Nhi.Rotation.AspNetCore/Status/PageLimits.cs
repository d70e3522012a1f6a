namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>How much of one credential the page shows. JSON has all.</summary>
internal sealed record PageLimits(int Versions, int Users, int Sentences)
{
    /// <summary>Beside other credentials.</summary>
    public static PageLimits OneOfMany { get; } = new(Versions: 6, Users: 10, Sentences: 4);

    /// <summary>On a page of its own.</summary>
    public static PageLimits Alone { get; } = new(Versions: 50, Users: 500, Sentences: 50);
}
