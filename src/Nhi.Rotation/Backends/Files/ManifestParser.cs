using System.Text;
using System.Text.Json;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Reads a manifest or a version document. Strict: what it does not know is an error, so that a misspelt date is not a missing one.</summary>
internal sealed class ManifestParser
{
    private const int MaxIdLength = 128;

    private static readonly string[] Root = ["versions", "current", "previous", "pending", "revision", "owner", "purpose"];
    private static readonly string[] CommonFields = ["id", "createdOn", "notBefore", "expiresOn", "enabled", "revoked"];
    private static readonly string[] DirectoryFields = [.. CommonFields, "file"];
    private static readonly string[] DocumentFields = [.. CommonFields, "value", "valueBase64"];

    private readonly string _path;
    private readonly bool _isDocument;
    private readonly FileErrors _errors;

    private ManifestParser(string path, bool isDocument, FileErrors errors)
    {
        _path = path;
        _isDocument = isDocument;
        _errors = errors;
    }

    /// <summary>Parses a file.</summary>
    /// <param name="file">Its content.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <param name="isDocument">Whether values are inline.</param>
    /// <param name="errors">Makes the errors.</param>
    public static Manifest Parse(ReadOnlyMemory<byte> file, string path, bool isDocument, FileErrors errors)
    {
        if (!StrictJson.TryParse(TextFile.Read(file, path, errors), out var document, out var problem))
        {
            throw errors.Invalid($"'{path}' {problem.Cause}", problem.Fix);
        }

        using (document)
        {
            return new ManifestParser(path, isDocument, errors).Read(document.RootElement);
        }
    }

    private Manifest Read(JsonElement root)
    {
        RefuseUnknown(root, Root, "the manifest");
        if (!root.TryGetProperty("versions", out var array) || array.ValueKind != JsonValueKind.Array
            || array.GetArrayLength() is 0 or > Manifest.MaxVersions)
        {
            throw Invalid("'versions' is not a list of versions", $"Write 1 to {Manifest.MaxVersions} versions: \"versions\": [ {{ ... }} ].");
        }

        var labels = ReadLabels(root);
        var versions = new List<ManifestVersion>(array.GetArrayLength());
        foreach (var element in array.EnumerateArray())
        {
            var version = ReadVersion(element, $"versions[{versions.Count}]", labels);
            if (versions.Exists(other => other.Id == version.Id))
            {
                throw Invalid($"two versions have the id '{version.Id}'", "Give each version an id of its own.");
            }

            versions.Add(version);
        }

        foreach (var (id, label) in labels)
        {
            if (!versions.Exists(version => version.Id == id))
            {
                throw Invalid($"'{NameOf(label)}' names a version that is not listed", "List the version, or name one that is listed.");
            }
        }

        return new Manifest
        {
            Versions = versions,
            Revision = ReadRevision(root),
            Owner = ReadText(root, "owner", "the manifest"),
            Purpose = ReadText(root, "purpose", "the manifest"),
        };
    }

    private Dictionary<string, VersionLabel> ReadLabels(JsonElement root)
    {
        var labels = new Dictionary<string, VersionLabel>(StringComparer.Ordinal);
        foreach (var label in (ReadOnlySpan<VersionLabel>)[VersionLabel.Current, VersionLabel.Previous, VersionLabel.Pending])
        {
            if (ReadText(root, NameOf(label), "the manifest") is { } id && !labels.TryAdd(id, label))
            {
                throw Invalid($"'{NameOf(label)}' and '{NameOf(labels[id])}' name the same version", "Name a version once.");
            }
        }

        return labels;
    }

    private ManifestVersion ReadVersion(JsonElement element, string where, Dictionary<string, VersionLabel> labels)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Invalid($"{where} is not an object", "Write each version as an object: { \"id\": ... }.");
        }

        RefuseUnknown(element, _isDocument ? DocumentFields : DirectoryFields, where);
        var revoked = ReadRevoked(element, where);
        var id = ReadText(element, "id", where);
        if (id is not { Length: > 0 and <= MaxIdLength } || !id.All(static c => char.IsAsciiLetterOrDigit(c) || "-_.:/".Contains(c, StringComparison.Ordinal)))
        {
            throw Invalid($"{where} has no usable id", $"Write an id of 1 to {MaxIdLength} letters, digits and - _ . : /; never the value.");
        }

        var notBefore = ReadDate(element, "notBefore", where);
        var expiresOn = ReadDate(element, "expiresOn", where);
        if (notBefore >= expiresOn)
        {
            throw Invalid($"version '{id}' expires before it is valid", "Set expiresOn after notBefore.");
        }

        return new ManifestVersion
        {
            Id = id,
            File = _isDocument ? null : ReadFile(element, id),
            Inline = _isDocument ? ReadInline(element, id, isNeeded: revoked is null) : null,
            Label = labels.GetValueOrDefault(id),
            IsEnabled = ReadEnabled(element, where),
            RevokedBecause = revoked,
            CreatedOn = ReadDate(element, "createdOn", where),
            NotBefore = notBefore,
            ExpiresOn = expiresOn,
        };
    }

    private string ReadFile(JsonElement element, string id)
    {
        if (ReadText(element, "file", $"version '{id}'") is not { } file)
        {
            throw Invalid($"version '{id}' has no file", "Write \"file\": the name of a file next to the manifest.");
        }

        return RelativePath.IsInside(file)
            ? file
            : throw Invalid($"the file of version '{id}' is not inside the directory", "Write a relative path without '..' and ':'.");
    }

    private byte[]? ReadInline(JsonElement element, string id, bool isNeeded)
    {
        var hasText = element.TryGetProperty("value", out var text);
        var hasBinary = element.TryGetProperty("valueBase64", out var base64);
        if (!hasText && !hasBinary && !isNeeded)
        {
            return null;
        }

        if (hasText == hasBinary)
        {
            throw Invalid($"version '{id}' has {(hasText ? "two values" : "no value")}", "Write one of \"value\" and \"valueBase64\".");
        }

        byte[]? value;
        if (hasText)
        {
            value = StrictJson.TextOf(text) is { } s && !s.Contains('\0', StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(s) : null;
        }
        else
        {
            value = StrictJson.TextOf(base64) is not null && base64.TryGetBytesFromBase64(out var bytes) ? bytes : null;
        }

        return value is { Length: > 0 }
            ? value
            : throw Invalid(
                $"the value of version '{id}' is not usable",
                "Write a string that is not empty: text without NUL characters, or standard base64 in \"valueBase64\".");
    }

    private string? ReadText(JsonElement element, string name, string where)
    {
        if (!element.TryGetProperty(name, out var property) || property.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return StrictJson.TextOf(property) ?? throw Invalid($"'{name}' of {where} is not a string", "Write one string, or leave it out.");
    }

    private DateTimeOffset? ReadDate(JsonElement element, string name, string where)
    {
        if (!element.TryGetProperty(name, out var property) || property.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        // Without an offset it would mean another moment on each machine.
        return StrictJson.TextOf(property) is not null && property.TryGetDateTime(out var date) && date.Kind != DateTimeKind.Unspecified
            && property.TryGetDateTimeOffset(out var moment)
            ? moment
            : throw Invalid($"'{name}' of {where} is not a date with an offset", "Write ISO 8601 with an offset: 2026-01-31T12:00:00Z.");
    }

    private bool ReadEnabled(JsonElement element, string where)
    {
        if (!element.TryGetProperty("enabled", out var property))
        {
            return true;
        }

        return property.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? property.GetBoolean()
            : throw Invalid($"'enabled' of {where} is neither true nor false", "Write true or false, or leave it out.");
    }

    private string? ReadRevoked(JsonElement element, string where)
    {
        if (!element.TryGetProperty("revoked", out var property) || property.ValueKind is JsonValueKind.False or JsonValueKind.Null)
        {
            return null;
        }

        return property.ValueKind == JsonValueKind.True ? "the manifest says so"
            : StrictJson.TextOf(property) is { } why && !string.IsNullOrWhiteSpace(why) ? why
            : throw Invalid($"'revoked' of {where} says neither why nor true", "Write why as a string that is not empty, or true, or leave it out.");
    }

    private long? ReadRevision(JsonElement root)
    {
        if (!root.TryGetProperty("revision", out var property))
        {
            return null;
        }

        return property.ValueKind == JsonValueKind.Number && property.TryGetInt64(out var revision) && revision >= 0
            ? revision
            : throw Invalid("'revision' is not a whole number from 0", "Write a number that grows with each change, or leave it out.");
    }

    private void RefuseUnknown(JsonElement element, string[] known, string where)
    {
        foreach (var property in element.EnumerateObject())
        {
            // The name is not repeated: in a file of the wrong kind it can be anything.
            if (!known.AsSpan().Contains(property.Name))
            {
                throw Invalid($"{where} has an unknown property", $"Allowed are: {string.Join(", ", known)}.");
            }
        }
    }

    private BackendException Invalid(string cause, string fix) => _errors.Invalid($"in '{_path}' {cause}", fix);

    private static string NameOf(VersionLabel label) => label switch
    {
        VersionLabel.Current => "current",
        VersionLabel.Previous => "previous",
        _ => "pending",
    };
}
