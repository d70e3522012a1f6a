using System.Text.Unicode;
using Nhi.Rotation.Identity;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Takes from the values of a listing what an option takes from every backend's, and tells once of each what is odd about it: a backend gives a value once.</summary>
internal static class TextReading
{
    public static BackendListing Read(BackendListing listing, CoreSettings settings, EngineLog log)
    {
        List<BackendVersion>? trimmed = null;
        for (var i = 0; i < listing.Versions.Count; i++)
        {
            var version = listing.Versions[i];
            if (version.Value is not { } value)
            {
                continue;
            }

            var bytes = SecretBytes.Of(value).Span;
            var length = settings.Rules.Newline is { } newline && Utf8.IsValid(bytes) ? ValueText.LengthWithoutNewline(bytes, newline) : bytes.Length;
            if (length > 0 && length < bytes.Length)
            {
                if (bytes[..length].IndexOf((byte)'\n') < 0)
                {
                    log.OddText(settings.Name, version.Id, "it ended in a line ending, which is left out. Store it without one, or set Newline to Keep if it belongs to the value");
                }

                bytes = bytes[..length];
                trimmed ??= [.. listing.Versions];
                trimmed[i] = With(version, SecretValue.FromBytes(bytes));
            }

            foreach (var oddity in ValueText.Oddities(bytes))
            {
                log.OddText(settings.Name, version.Id, oddity);
            }
        }

        return trimmed is null ? listing : new BackendListing(trimmed)
        {
            IsComplete = listing.IsComplete,
            Revision = listing.Revision,
            Owner = listing.Owner,
            Purpose = listing.Purpose,
        };
    }

    private static BackendVersion With(BackendVersion version, SecretValue value) => new(version.Id, value)
    {
        Label = version.Label,
        IsEnabled = version.IsEnabled,
        CreatedOn = version.CreatedOn,
        NotBefore = version.NotBefore,
        ExpiresOn = version.ExpiresOn,
        RevokedBecause = version.RevokedBecause,
    };
}
