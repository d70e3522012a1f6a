namespace Nhi.Rotation.Npgsql.Pools;

/// <summary>What connections are opened with now.</summary>
/// <param name="Generation">The set of versions that it was chosen from.</param>
/// <param name="Offer">What to log in with.</param>
/// <param name="Pool">Where.</param>
/// <param name="RecheckAt">A timestamp after which the choice is made again: it is not the current version, which may work again; <see langword="null"/> if it is.</param>
internal sealed record ActiveLogin(long Generation, Offer Offer, LoginPool Pool, long? RecheckAt);
