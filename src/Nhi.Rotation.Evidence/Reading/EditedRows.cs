namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Rows of a store that say of themselves whose line they are, and have something else instead.</summary>
/// <param name="Store">What reports call the store.</param>
/// <param name="App">The application that they name.</param>
/// <param name="First">The number that the first one names.</param>
/// <param name="Rows">How many there are.</param>
internal sealed record EditedRows(string Store, string App, long First, long Rows);
