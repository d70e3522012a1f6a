using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.Testing;

/// <summary>One run of one rule: the fixture, the values that were handed out, and the steps that rules share.</summary>
internal sealed class RuleRun
{
    public const string CredentialName = "conformance";

    private readonly List<string> _secrets = [];

    public RuleRun(IBackendFixture fixture, TimeProvider time, CancellationToken ct)
    {
        Fixture = fixture;
        Time = time;
        Ct = ct;
    }

    public IBackendFixture Fixture { get; }

    public ICredentialBackend Backend => Fixture.Backend;

    public TimeProvider Time { get; }

    public CancellationToken Ct { get; }

    /// <summary>A value nobody can guess, so that finding it anywhere means that it leaked.</summary>
    public string NewValue()
    {
        var value = "canary-" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        _secrets.Add(value);
        return value;
    }

    public bool Reveals(string? text) => text is not null && _secrets.Exists(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase));

    /// <summary>The text without any value of this run.</summary>
    public string? Redact(string? text) =>
        text is null ? null : _secrets.Aggregate(text, (rest, secret) => rest.Replace(secret, "***", StringComparison.OrdinalIgnoreCase));

    /// <summary>A new key that holds the given values, oldest first.</summary>
    public async Task<string> NewKeyWithAsync(params string[] values)
    {
        var key = Fixture.NewKey();
        foreach (var value in values)
        {
            await Fixture.PutAsync(key, value, Ct).ConfigureAwait(false);
        }

        return key;
    }

    public static BackendRequest Request(string key, IReadOnlySet<string>? known = null) => new(CredentialName, key, known);

    public Task<BackendListing> ListAsync(string key, IReadOnlySet<string>? known = null) => ListAsync(Request(key, known));

    public async Task<BackendListing> ListAsync(BackendRequest request) =>
        await Backend.ListAsync(request, Ct).ConfigureAwait(false) ?? throw new RuleBrokenException("the listing is null");

    /// <summary>Asks for something that must fail, and gives the failure.</summary>
    public async Task<BackendException> ListFailureAsync(BackendRequest request)
    {
        BackendListing? listing;
        try
        {
            listing = await Backend.ListAsync(request, Ct).ConfigureAwait(false);
        }
        catch (BackendException error)
        {
            return error;
        }
        catch (OperationCanceledException) when (Ct.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a backend throws instead is what the rule reports.
        catch (Exception error)
#pragma warning restore CA1031
        {
            throw new RuleBrokenException($"expected a BackendException, got {error.GetType().Name}");
        }

        throw new RuleBrokenException($"expected a BackendException, got a listing of {listing?.Versions.Count ?? 0} version(s)");
    }

    /// <summary>Waits for what should happen at once.</summary>
    public async Task<bool> HappensAsync(Task task)
    {
        await Task.WhenAny(task, Task.Delay(Fixture.Patience, Time, Ct)).ConfigureAwait(false);
        return task.IsCompleted;
    }

    public static byte[]? BytesOf(BackendVersion version) =>
        version.Value is null ? null : new Credential(CredentialName, version.Id, version.Value).RevealBytes().ToArray();

    public static string? TextOf(BackendVersion version)
    {
        var bytes = BytesOf(version);
        return bytes is null ? null : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The version with this value, if the listing gives it.</summary>
    public static BackendVersion? Find(BackendListing listing, string value) =>
        listing.Versions.FirstOrDefault(version => string.Equals(TextOf(version), value, StringComparison.Ordinal));
}
