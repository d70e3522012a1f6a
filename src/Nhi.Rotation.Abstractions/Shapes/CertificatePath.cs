using System.Security.Cryptography.X509Certificates;

namespace Nhi.Rotation.Shapes;

/// <summary>
/// The way from a leaf up, through certificates that lie there in any order: cross-signed ones, several ways, a root, and some that have nothing to do with it. The way that ends at a root is
/// taken before one that does not, then the one that expires last, then the shortest.
/// </summary>
internal sealed class CertificatePath
{
    private readonly List<X509Certificate2> _all;
    private readonly CertificateErrors _errors;

    // By the certificate's place: how it was reached. The leaf is the first.
    private readonly Step?[] _reached;

    private CertificatePath(X509Certificate2 leaf, IEnumerable<X509Certificate2> others, CertificateErrors errors)
    {
        // Files that were put together from two sources often have a certificate twice.
        _all = [leaf, .. others.DistinctBy(static certificate => certificate.Thumbprint).Where(certificate => certificate.Thumbprint != leaf.Thumbprint)];
        _errors = errors;
        _reached = new Step?[_all.Count];
    }

    /// <summary>The certificates to send with the leaf, its issuer first. A root is none of them: who trusts it has it.</summary>
    /// <exception cref="CredentialFormatException">A certificate lacks between the leaf and one that is there.</exception>
    public static List<X509Certificate2> Above(X509Certificate2 leaf, IEnumerable<X509Certificate2> others, CertificateErrors errors)
    {
        var path = new CertificatePath(leaf, others, errors);
        path.Climb();
        return path.Read(path.Top());
    }

    // Widest way first (Dijkstra): how long a way is valid is decided by its certificate that expires first; beyond the leaf's own end it does not matter.
    private void Climb()
    {
        var open = new PriorityQueue<int, Step>();
        _reached[0] = new Step(From: -1, _all[0].NotAfter, Length: 0, Place: 0);
        open.Enqueue(0, _reached[0]!);
        while (open.TryDequeue(out var at, out var step))
        {
            if (!ReferenceEquals(_reached[at], step) || IsRoot(_all[at]))
            {
                continue;
            }

            foreach (var issuer in IssuersOf(at))
            {
                var next = new Step(at, step.Until < _all[issuer].NotAfter ? step.Until : _all[issuer].NotAfter, step.Length + 1, issuer);
                if (_reached[issuer] is not { } known || next.CompareTo(known) < 0)
                {
                    _reached[issuer] = next;
                    open.Enqueue(issuer, next);
                }
            }
        }
    }

    private IEnumerable<int> IssuersOf(int child) =>
        Enumerable.Range(0, _all.Count).Where(issuer => issuer != child && CertificateIssue.IsPossible(_all[issuer], _all[child]));

    private Step Top()
    {
        var reached = _reached.OfType<Step>().ToList();
        if (reached.Where(step => IsRoot(_all[step.Place])).Min() is { } root)
        {
            return root;
        }

        // Where two sign each other there is no end.
        var ends = reached.Where(step => !IssuersOf(step.Place).Any()).ToList();
        var top = ends.Min() ?? reached.MaxBy(static step => step.Length)!;
        RequireNoGap(_all[top.Place]);
        return top;
    }

    // A leaf or an intermediate may be issued by a root that is not there. But an authority that is there, and to which nothing leads, may be the one above a certificate that lacks.
    private void RequireNoGap(X509Certificate2 top)
    {
        for (var other = 1; other < _all.Count; other++)
        {
            if (_reached[other] is null && IsAuthority(_all[other]) && !IsBeside(other, top.IssuerName))
            {
                throw _errors.Lacks(top, _all[other]);
            }
        }
    }

    // Whether it hangs on the chain, or was issued by the same one that is not there: then it cannot be above it.
    private bool IsBeside(int other, X500DistinguishedName lacking)
    {
        var seen = new HashSet<int> { other };
        var open = new Queue<int>(seen);
        while (open.TryDequeue(out var at))
        {
            if (_reached[at] is not null || IsSame(_all[at].IssuerName, lacking))
            {
                return true;
            }

            foreach (var issuer in IssuersOf(at).Where(seen.Add))
            {
                open.Enqueue(issuer);
            }
        }

        return false;
    }

    private List<X509Certificate2> Read(Step top)
    {
        var path = new List<X509Certificate2>(top.Length);
        for (var step = top; step.From >= 0; step = _reached[step.From]!)
        {
            path.Add(_all[step.Place]);
        }

        path.Reverse();
        if (path is [.., var last] && IsRoot(last))
        {
            path.RemoveAt(path.Count - 1);
        }

        return path;
    }

    // Signed by itself, and not only by one of the same name that had another key.
    private static bool IsRoot(X509Certificate2 certificate) => CertificateIssue.IsPossible(certificate, certificate);

    private static bool IsAuthority(X509Certificate2 certificate) =>
        IsRoot(certificate) || certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static constraints => constraints.CertificateAuthority);

    private static bool IsSame(X500DistinguishedName one, X500DistinguishedName other) => one.RawData.AsSpan().SequenceEqual(other.RawData);

    private sealed record Step(int From, DateTime Until, int Length, int Place) : IComparable<Step>
    {
        // Smaller is better.
        public int CompareTo(Step? other) => other is null ? -1
            : Until != other.Until ? other.Until.CompareTo(Until)
            : Length != other.Length ? Length.CompareTo(other.Length)
            : Place.CompareTo(other.Place);
    }
}
