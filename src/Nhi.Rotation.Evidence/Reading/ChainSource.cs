namespace Nhi.Rotation.Evidence.Reading;

/// <summary>Whose chain is checked, and against what.</summary>
/// <param name="Instance">Whose.</param>
/// <param name="Earlier">The chain as an earlier report knew it.</param>
/// <param name="IsCollected">Whether its lines come out of logs, which may lack some.</param>
/// <param name="Edited">Rows that name it and are no lines of it.</param>
internal sealed record ChainSource(string Instance, EarlierChain? Earlier, bool IsCollected, EditedRows? Edited = null);
