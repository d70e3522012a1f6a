using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

/// <summary>The secrets of one region, with the operations that a rotation and its readers need.</summary>
internal sealed class SecretStore(string region, string account, TimeProvider time)
{
    private const int BatchLimit = 20;
    private readonly List<StoredSecret> _secrets = [];

    public JsonObject Handle(string operation, JsonElement input) => operation switch
    {
        "CreateSecret" => Create(input),
        "PutSecretValue" => Put(input),
        "UpdateSecretVersionStage" => UpdateStage(input),
        "RotateSecret" => Rotate(input),
        "DescribeSecret" => Describe(input),
        "GetSecretValue" => Get(input),
        "BatchGetSecretValue" => BatchGet(input),
        "ListSecretVersionIds" => ListVersionIds(input),
        "DeleteSecret" => Delete(input),
        "RestoreSecret" => Restore(input),
        "TagResource" => Tag(input),
        _ => throw new ServiceError("UnknownOperationException", "The operation is not known."),
    };

    public StoredSecret Find(string secretId) => _secrets.Find(secret => secret.Name == secretId || secret.Arn == secretId) ?? ByPartialArn(secretId);

    private StoredSecret ByPartialArn(string secretId)
    {
        // The service ends each ARN with a hyphen and six random characters, which may be left out.
        var matches = _secrets.Where(secret => secretId.StartsWith("arn:", StringComparison.Ordinal) && secret.Arn.Length == secretId.Length + 7 && secret.Arn.StartsWith(secretId + "-", StringComparison.Ordinal)).ToList();
        return matches is [var match] ? match : throw ServiceError.NotFound();
    }

    private JsonObject Create(JsonElement input)
    {
        var name = Required(input, "Name");
        if (_secrets.Exists(secret => secret.Name == name))
        {
            throw new ServiceError("ResourceExistsException", $"The operation failed because the secret {name} already exists.");
        }

        var suffix = RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 6);
        var secret = new StoredSecret(name, $"arn:{Partition}:secretsmanager:{region}:{account}:secret:{name}-{suffix}", time.GetUtcNow()) { Description = Text(input, "Description") };
        ReadTags(input, secret);
        var answer = Identity(secret);
        if (Text(input, "SecretString") is not null || Text(input, "SecretBinary") is not null)
        {
            answer["VersionId"] = Add(secret, input, [StoredSecret.Current]).Id;
        }

        _secrets.Add(secret);
        return answer;
    }

    private JsonObject Put(JsonElement input)
    {
        var secret = Usable(input);
        var version = Add(secret, input, Strings(input, "VersionStages") ?? [StoredSecret.Current]);
        var answer = Identity(secret);
        answer["VersionId"] = version.Id;
        answer["VersionStages"] = Array(version.Labels);
        return answer;
    }

    private StoredVersion Add(StoredSecret secret, JsonElement input, string[] labels)
    {
        var text = Text(input, "SecretString");
        var binary = Text(input, "SecretBinary") is { } encoded ? Convert.FromBase64String(encoded) : null;
        if ((text is null) == (binary is null))
        {
            throw ServiceError.Invalid("You must provide either SecretString or SecretBinary, and not both.");
        }

        var id = Text(input, "ClientRequestToken") ?? Guid.NewGuid().ToString();
        var version = secret.Find(id);
        if (version is { HasValue: true })
        {
            return version.Text == text && (binary is null || binary.SequenceEqual(version.Binary ?? []))
                ? version
                : throw new ServiceError("ResourceExistsException", $"The version {id} already exists and has another value.");
        }

        if (version is null)
        {
            secret.Versions.Add(version = new StoredVersion(id, time.GetUtcNow()));
        }

        version.Text = text;
        version.Binary = binary;
        secret.ChangedOn = time.GetUtcNow();

        // A first value is current, whatever the request says.
        if (secret.Labelled(StoredSecret.Current) is null)
        {
            secret.Attach(StoredSecret.Current, version);
        }

        foreach (var label in labels)
        {
            secret.Attach(label, version);
        }

        return version;
    }

    private JsonObject UpdateStage(JsonElement input)
    {
        var secret = Usable(input);
        var label = Required(input, "VersionStage");
        var from = Text(input, "RemoveFromVersionId");
        var to = Text(input, "MoveToVersionId");
        var holder = secret.Labelled(label);
        if (holder is not null && holder.Id != to && holder.Id != from)
        {
            throw ServiceError.Invalid($"The parameter RemoveFromVersionId can't be empty or another version. Staging label {label} is currently attached to version {holder.Id}.");
        }

        if (to is null)
        {
            if (label == StoredSecret.Current)
            {
                throw ServiceError.Invalid("You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.");
            }

            holder?.Labels.Remove(label);
        }
        else
        {
            secret.Attach(label, secret.Find(to) ?? throw ServiceError.NotFound());
        }

        secret.ChangedOn = time.GetUtcNow();
        return Identity(secret);
    }

    private JsonObject Rotate(JsonElement input)
    {
        var secret = Usable(input);
        var version = new StoredVersion(Text(input, "ClientRequestToken") ?? Guid.NewGuid().ToString(), time.GetUtcNow());
        secret.Versions.Add(version);
        secret.Attach(StoredSecret.Pending, version);
        var answer = Identity(secret);
        answer["VersionId"] = version.Id;
        return answer;
    }

    private JsonObject Describe(JsonElement input)
    {
        var secret = Find(Required(input, "SecretId"));
        var stages = new JsonObject();
        foreach (var version in secret.Versions.Where(version => version.Labels.Count > 0))
        {
            stages[version.Id] = Array(version.Labels);
        }

        var answer = Identity(secret);
        answer["CreatedDate"] = Seconds(secret.CreatedOn);
        answer["LastChangedDate"] = Seconds(secret.ChangedOn);
        if (stages.Count > 0)
        {
            answer["VersionIdsToStages"] = stages;
        }

        if (secret.Description is { } description)
        {
            answer["Description"] = description;
        }

        if (secret.Tags.Count > 0)
        {
            answer["Tags"] = new JsonArray([.. secret.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);
        }

        if (secret.DeletedOn is { } deleted)
        {
            answer["DeletedDate"] = Seconds(deleted);
        }

        return answer;
    }

    private JsonObject Get(JsonElement input) =>
        Value(Usable(input), Text(input, "VersionId"), Text(input, "VersionStage"));

    private JsonObject BatchGet(JsonElement input)
    {
        var ids = Strings(input, "SecretIdList") ?? throw ServiceError.Invalid("You must include Filters or SecretIdList.");
        if (ids.Length is 0 or > BatchLimit)
        {
            throw ServiceError.Invalid("SecretIdList takes 1 to 20 secrets.");
        }

        var values = new JsonArray();
        var errors = new JsonArray();
        foreach (var id in ids)
        {
            try
            {
                var secret = Find(id);
                values.Add(secret.DeletedOn is null ? Value(secret, versionId: null, label: null) : throw ServiceError.MarkedDeleted());
            }
            catch (ServiceError error)
            {
                errors.Add(new JsonObject { ["SecretId"] = id, ["ErrorCode"] = error.Type, ["Message"] = error.Message });
            }
        }

        return new JsonObject { ["SecretValues"] = values, ["Errors"] = errors };
    }

    private static JsonObject Value(StoredSecret secret, string? versionId, string? label)
    {
        var version = versionId is null ? secret.Labelled(label ?? StoredSecret.Current) : secret.Find(versionId);
        if (version is not { HasValue: true } || (label is not null && !version.Labels.Contains(label)))
        {
            throw ServiceError.NoValue(versionId is null ? $"staging label: {label ?? StoredSecret.Current}" : $"VersionId: {versionId}");
        }

        var answer = Identity(secret);
        answer["VersionId"] = version.Id;
        answer["VersionStages"] = Array(version.Labels);
        answer["CreatedDate"] = Seconds(version.CreatedOn);
        if (version.Text is { } text)
        {
            answer["SecretString"] = text;
        }
        else
        {
            answer["SecretBinary"] = Convert.ToBase64String(version.Binary!);
        }

        return answer;
    }

    private JsonObject ListVersionIds(JsonElement input)
    {
        var secret = Find(Required(input, "SecretId"));
        var size = input.TryGetProperty("MaxResults", out var max) ? max.GetInt32() : 100;
        var start = Text(input, "NextToken") is { } token ? int.Parse(token) : 0;
        var deprecated = input.TryGetProperty("IncludeDeprecated", out var include) && include.GetBoolean();
        var all = secret.Versions.Where(version => deprecated || version.Labels.Count > 0).ToList();
        var answer = Identity(secret);
        answer["Versions"] = new JsonArray([.. all.Skip(start).Take(size).Select(version => new JsonObject
        {
            ["VersionId"] = version.Id,
            ["VersionStages"] = Array(version.Labels),
            ["CreatedDate"] = Seconds(version.CreatedOn),
        })]);
        if (start + size < all.Count)
        {
            answer["NextToken"] = (start + size).ToString();
        }

        return answer;
    }

    private JsonObject Delete(JsonElement input)
    {
        var secret = Usable(input);
        var answer = Identity(secret);
        if (input.TryGetProperty("ForceDeleteWithoutRecovery", out var force) && force.GetBoolean())
        {
            _secrets.Remove(secret);
            answer["DeletionDate"] = Seconds(time.GetUtcNow());
            return answer;
        }

        secret.DeletedOn = time.GetUtcNow().AddDays(input.TryGetProperty("RecoveryWindowInDays", out var days) ? days.GetInt64() : 30);
        answer["DeletionDate"] = Seconds(secret.DeletedOn.Value);
        return answer;
    }

    private JsonObject Restore(JsonElement input)
    {
        var secret = Find(Required(input, "SecretId"));
        secret.DeletedOn = null;
        return Identity(secret);
    }

    private JsonObject Tag(JsonElement input)
    {
        ReadTags(input, Usable(input));
        return [];
    }

    private static void ReadTags(JsonElement input, StoredSecret secret)
    {
        if (input.TryGetProperty("Tags", out var tags))
        {
            foreach (var tag in tags.EnumerateArray())
            {
                secret.Tags[Required(tag, "Key")] = Required(tag, "Value");
            }
        }
    }

    private StoredSecret Usable(JsonElement input)
    {
        var secret = Find(Required(input, "SecretId"));
        return secret.DeletedOn is null ? secret : throw ServiceError.MarkedDeleted();
    }

    private string Partition => region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";

    private static JsonObject Identity(StoredSecret secret) => new() { ["ARN"] = secret.Arn, ["Name"] = secret.Name };

    private static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    private static double Seconds(DateTimeOffset moment) => moment.ToUnixTimeMilliseconds() / 1000.0;

    private static string? Text(JsonElement input, string name) => input.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Required(JsonElement input, string name) => Text(input, name) is { Length: > 0 } text ? text : throw ServiceError.Invalid($"{name} is required.");

    private static string[]? Strings(JsonElement input, string name) =>
        input.TryGetProperty(name, out var values) ? [.. values.EnumerateArray().Select(value => value.GetString()!)] : null;
}
