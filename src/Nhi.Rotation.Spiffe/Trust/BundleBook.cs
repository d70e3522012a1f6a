using System.Collections.Frozen;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Spiffe.Telemetry;

namespace Nhi.Rotation.Spiffe.Trust;

/// <summary>
/// What is trusted in each trust domain, as the Workload API last sent it. Each message is everything: a bundle that is not in it any more is not trusted any more (the standard, section 4.4).
/// One that cannot be read changes nothing for its domain.
/// </summary>
/// <param name="read">Reads a bundle, which follows another one; <see langword="null"/> if it is damaged.</param>
/// <param name="describe">What is in it, for the log.</param>
/// <param name="logger">Hears of changes.</param>
internal sealed class BundleBook<T>(Func<string, ByteString, T?, T?> read, Func<T, string> describe, ILogger logger)
    where T : class
{
    private readonly Lock _gate = new();
    private FrozenDictionary<string, Entry> _entries = FrozenDictionary<string, Entry>.Empty;

    /// <summary>Whether there has been a message.</summary>
    public bool HasBegun { get; private set; }

    public IReadOnlyCollection<string> TrustDomains => Volatile.Read(ref _entries).Keys;

    public T? Find(string trustDomain) => Volatile.Read(ref _entries).TryGetValue(trustDomain, out var entry) ? entry.Value : null;

    /// <summary>Takes a message.</summary>
    /// <param name="bundles">By trust domain; of several the first counts.</param>
    /// <param name="onlyAsFirst">Whether it counts only if there has been none.</param>
    public void Replace(IEnumerable<(string TrustDomain, ByteString Content)> bundles, bool onlyAsFirst = false)
    {
        lock (_gate)
        {
            if (onlyAsFirst && HasBegun)
            {
                return;
            }

            var before = _entries;
            var after = new Dictionary<string, Entry>(StringComparer.Ordinal);
            foreach (var (domain, content) in bundles.DistinctBy(static bundle => bundle.TrustDomain))
            {
                if (Read(domain, content, before.GetValueOrDefault(domain)) is { } entry)
                {
                    after.Add(domain, entry);
                }
            }

            foreach (var gone in before.Keys.Where(domain => !after.ContainsKey(domain)))
            {
                Log.BundleGone(logger, gone, describe(before[gone].Value));
            }

            HasBegun = true;
            Volatile.Write(ref _entries, after.ToFrozenDictionary(StringComparer.Ordinal));
        }
    }

    private Entry? Read(string domain, ByteString content, Entry? before)
    {
        if (before?.Content.Equals(content) == true)
        {
            return before;
        }

        if (read(domain, content, before?.Value) is not { } value)
        {
            Log.BundleRefused(logger, domain, content.IsEmpty ? "it is empty" : "something in it is damaged");
            return before;
        }

        Log.BundleChanged(logger, domain, describe(value));
        return new Entry(content, value);
    }

    private sealed record Entry(ByteString Content, T Value);
}
