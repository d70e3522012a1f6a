namespace Nhi.Rotation.Cli.Pages;

/// <summary>A column of a table.</summary>
/// <param name="Title">Its head.</param>
/// <param name="Cell">What a row has in it.</param>
/// <param name="IsNumber">Whether that is a number.</param>
internal sealed record CardColumn<T>(string Title, Func<T, Html> Cell, bool IsNumber = false);
