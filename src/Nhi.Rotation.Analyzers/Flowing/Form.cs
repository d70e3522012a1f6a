namespace Nhi.Rotation.Analyzers.Flowing;

/// <summary>As what a revealed value goes on.</summary>
internal enum Form
{
    /// <summary>Text or bytes: the value itself, or what was made of it and contains it.</summary>
    Text,

    /// <summary>An array, a tuple, a record: whoever prints it prints the value.</summary>
    Structure,

    /// <summary>An object that was given the value and keeps it.</summary>
    Object,

    /// <summary>A lambda or local function that captured it.</summary>
    Lambda,
}
