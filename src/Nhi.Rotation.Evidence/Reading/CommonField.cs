namespace Nhi.Rotation.Evidence.Reading;

/// <summary>A field of a common line.</summary>
/// <param name="name">Its name.</param>
/// <param name="form">What it has.</param>
internal sealed class CommonField(string name, CommonForm form)
{
    // Where each stands among all.
    public const int Seq = 0;
    public const int At = 1;
    public const int Up = 2;
    public const int Instance = 3;
    public const int Kind = 4;
    public const int Credential = 5;
    public const int Version = 6;
    public const int Stage = 7;
    public const int Consumer = 8;
    public const int Caller = 9;
    public const int Uses = 10;
    public const int InOverlap = 11;
    public const int AfterEnd = 12;
    public const int FirstUse = 13;
    public const int LastUse = 14;
    public const int Prev = 15;

    private readonly byte[] _name = System.Text.Encoding.ASCII.GetBytes(name);

    /// <summary>All of them, in the order in which lines have them. What is not among them is for the general reader.</summary>
    public static CommonField[] All { get; } =
    [
        new("seq", CommonForm.Number), new("at", CommonForm.Date), new("upSeconds", CommonForm.Seconds), new("instance", CommonForm.Text), new("kind", CommonForm.Kind), new("credential", CommonForm.Text),
        new("version", CommonForm.Text), new("stage", CommonForm.Stage), new("consumer", CommonForm.Text), new("caller", CommonForm.Text), new("uses", CommonForm.Number), new("inOverlap", CommonForm.Number),
        new("afterEnd", CommonForm.Number), new("firstUse", CommonForm.Date), new("lastUse", CommonForm.Date), new("prev", CommonForm.Text), new("hash", CommonForm.Ignored),
    ];

    public CommonForm Form => form;

    /// <summary>Where a name stands among all, or below 0. It is looked for from where the last one was found.</summary>
    public static int Find(ReadOnlySpan<byte> name, int from)
    {
        for (var i = 0; i < All.Length; i++)
        {
            var index = (from + i) % All.Length;
            if (name.SequenceEqual(All[index]._name))
            {
                return index;
            }
        }

        return -1;
    }
}
