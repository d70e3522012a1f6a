using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>Lists <see cref="Versions"/> versions of whatever key it is asked for, with ids of 32 characters and values of 40.</summary>
internal sealed class ManyKeysBackend : ICredentialBackend
{
    public const int ValueLength = 40;

    private static readonly DateTimeOffset FirstDay = TimeProvider.System.GetUtcNow().AddDays(-1);

    /// <summary>How many versions each key has; those before the last are in overlap.</summary>
    public int Versions { get; set; } = 1;

    public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var versions = new BackendVersion[Versions];
        for (var i = 0; i < versions.Length; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{request.Key}-{i}").PadRight(32, '0');
            versions[i] = new BackendVersion(id, request.KnownVersionIds.Contains(id) ? null : NewValue()) { CreatedOn = FirstDay.AddHours(i) };
        }

        return ValueTask.FromResult(new BackendListing(versions));
    }

    // Bytes, as every backend reads them: the text is made when it is first revealed.
    private static SecretValue NewValue() => SecretValue.FromBytes(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(ValueLength)));
}
