namespace Nhi.Rotation.Spiffe;

/// <summary>Which workloads are meant: who may call, or who is to answer. There is none for everybody, since a trust domain issues identities to all that runs in it.</summary>
/// <remarks>Immutable and safe for concurrent use.</remarks>
public sealed class SpiffeMatch
{
    private readonly Func<SpiffeId, bool> _matches;
    private readonly string _description;

    private SpiffeMatch(Func<SpiffeId, bool> matches, string description) => (_matches, _description) = (matches, description);

    /// <summary>These, and nobody else.</summary>
    /// <param name="ids">One or more, such as <c>spiffe://example.org/billing</c>.</param>
    /// <exception cref="FormatException">One is no SPIFFE ID.</exception>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SpiffeMatch Exactly(params IEnumerable<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var all = ids.Select(SpiffeId.Parse).ToHashSet();
        return all.Count == 0 ? throw new ArgumentException("Name at least one SPIFFE ID.", nameof(ids)) : new SpiffeMatch(all.Contains, string.Join(" or ", all));
    }

    /// <summary>Everybody in a trust domain.</summary>
    /// <param name="trustDomain">Its name, such as <c>example.org</c>, or its SPIFFE ID.</param>
    /// <exception cref="FormatException">It is no trust domain.</exception>
    public static SpiffeMatch OfTrustDomain(string trustDomain)
    {
        ArgumentNullException.ThrowIfNull(trustDomain);
        var domain = SpiffeId.TrustDomainOf(trustDomain) ?? throw new FormatException($"'{trustDomain}' is no trust domain. Write it as example.org.");
        return new SpiffeMatch(id => id.TrustDomain == domain, $"anybody in {domain}");
    }

    /// <summary>This one and everybody whose path begins with its path, part by part: <c>spiffe://example.org/ns/shop</c> means <c>/ns/shop/cart</c> and not <c>/ns/shopping</c>.</summary>
    /// <param name="id">The SPIFFE ID, with a path.</param>
    /// <exception cref="FormatException">It is no SPIFFE ID, or has no path.</exception>
    public static SpiffeMatch Under(string id)
    {
        var above = SpiffeId.Parse(id);
        return above.Path.Length == 0
            ? throw new FormatException($"'{id}' has no path. Take OfTrustDomain for everybody in it.")
            : new SpiffeMatch(
                one => one.TrustDomain == above.TrustDomain && one.Path.StartsWith(above.Path, StringComparison.Ordinal) && (one.Path.Length == above.Path.Length || one.Path[above.Path.Length] == '/'),
                $"anybody under {above}");
    }

    /// <summary>Whoever a rule of your own says.</summary>
    /// <param name="rule">The rule; called in each handshake, perhaps on several threads. What it throws refuses the peer.</param>
    /// <param name="description">What it asks for, for the log.</param>
    public static SpiffeMatch Where(Func<SpiffeId, bool> rule, string description)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentException.ThrowIfNullOrWhiteSpace(description);
        return new SpiffeMatch(rule, description);
    }

    /// <summary>Whoever is meant by one of several.</summary>
    /// <param name="matches">One or more.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SpiffeMatch AnyOf(params IEnumerable<SpiffeMatch> matches)
    {
        ArgumentNullException.ThrowIfNull(matches);
        SpiffeMatch[] all = [.. matches];
        return all.Length == 0
            ? throw new ArgumentException("Give at least one match.", nameof(matches))
            : new SpiffeMatch(id => Array.Exists(all, match => match.Matches(id)), string.Join(" or ", all.Select(static match => match.ToString())));
    }

    /// <summary>Whether somebody is meant.</summary>
    /// <param name="id">Who.</param>
    public bool Matches(SpiffeId id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _matches(id);
    }

    /// <summary>Who is meant, in words.</summary>
    public override string ToString() => _description;
}
