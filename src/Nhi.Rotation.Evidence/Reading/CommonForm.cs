namespace Nhi.Rotation.Evidence.Reading;

/// <summary>What a field of a common line has.</summary>
internal enum CommonForm
{
    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A number of seconds.</summary>
    Seconds,

    /// <summary>A date.</summary>
    Date,

    /// <summary>A text.</summary>
    Text,

    /// <summary>The name of the line's kind.</summary>
    Kind,

    /// <summary>The name of a stage.</summary>
    Stage,

    /// <summary>A text that is of no interest here.</summary>
    Ignored,
}
