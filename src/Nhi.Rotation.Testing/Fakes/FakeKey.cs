namespace Nhi.Rotation.Testing;

/// <summary>The versions of one key in the fake backend, oldest first. The backend locks.</summary>
internal sealed class FakeKey
{
    private readonly List<FakeVersion> _versions = [];
    private int _added;
    private long _revision;

    public string Add(SecretValue value, DateTimeOffset now)
    {
        var id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"v{++_added}");
        _versions.Add(new FakeVersion(id, value, now));
        _revision++;
        return id;
    }

    public void TryDisable(string versionId)
    {
        if (_versions.Exists(version => version.Id == versionId))
        {
            Change(versionId, static version => version with { IsEnabled = false });
        }
    }

    public void Change(string versionId, Func<FakeVersion, FakeVersion?> change, Func<FakeVersion, FakeVersion>? others = null)
    {
        var index = _versions.FindIndex(version => version.Id == versionId);
        if (index < 0)
        {
            throw new ArgumentException($"The key has no version '{versionId}'. Take the id that Add returned.", nameof(versionId));
        }

        for (var other = 0; others is not null && other < _versions.Count; other++)
        {
            _versions[other] = others(_versions[other]);
        }

        if (change(_versions[index]) is { } changed)
        {
            _versions[index] = changed;
        }
        else
        {
            _versions.RemoveAt(index);
        }

        _revision++;
    }

    /// <summary>The listing, or <see langword="null"/> when no version is left.</summary>
    public BackendListing? List(IReadOnlySet<string> known) => _versions.Count == 0
        ? null
        : new BackendListing([.. _versions.Select(version => version.Show(withValue: !known.Contains(version.Id)))]) { Revision = _revision };
}
