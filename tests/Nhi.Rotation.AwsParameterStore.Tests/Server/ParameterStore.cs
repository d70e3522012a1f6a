using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsParameterStore.Tests.Server;

/// <summary>The parameters of one region, with the operations that a rotation and its readers need.</summary>
internal sealed partial class ParameterStore(string region, string account, TimeProvider time)
{
    private const int MostVersions = 100;
    private const int MostNames = 10;
    private const int MaxLabels = 10;
    private readonly Dictionary<string, List<StoredParameter>> _parameters = new(StringComparer.Ordinal);
    private DateTimeOffset _last;

    /// <summary>How many versions a page of the history has, whatever was asked for.</summary>
    public int PageLimit { get; set; } = 50;

    public JsonObject Handle(string operation, JsonObject input)
    {
        Expire();
        return operation switch
        {
            "PutParameter" => Put(input),
            "LabelParameterVersion" => Label(input),
            "UnlabelParameterVersion" => Unlabel(input),
            "GetParameterHistory" => History(input),
            "GetParameters" => GetMany(input),
            "DeleteParameter" => Delete(input),
            _ => throw new ServiceError("UnknownOperationException", "The operation is not known."),
        };
    }

    public string Arn(string name) => $"arn:aws:ssm:{region}:{account}:parameter/{name.TrimStart('/')}";

    // The policy of the newest version deletes the whole parameter.
    private void Expire()
    {
        var now = time.GetUtcNow();
        foreach (var (name, _) in _parameters.Where(parameter => parameter.Value[^1].EndsOn <= now).ToList())
        {
            _parameters.Remove(name);
        }
    }

    private JsonObject Put(JsonObject input)
    {
        var name = Text(input, "Name");
        var known = _parameters.GetValueOrDefault(name);
        if (known is not null && input["Overwrite"]?.GetValue<bool>() != true)
        {
            throw new ServiceError("ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");
        }

        if (known is null)
        {
            _parameters.Add(name, known = []);
        }

        // Two changes never have one date here; the protocol's are of milliseconds.
        var now = time.GetUtcNow();
        _last = now > _last.AddMilliseconds(1) ? now : _last.AddMilliseconds(2);
        var type = input["Type"]?.GetValue<string>() ?? known.LastOrDefault()?.Type ?? throw new ServiceError("ValidationException", "A parameter type is required when you create a parameter.");
        known.Add(new StoredParameter((known.LastOrDefault()?.Number ?? 0) + 1, Text(input, "Value"), type, _last) { Policies = input["Policies"]?.GetValue<string>() });
        if (known.Count > MostVersions)
        {
            if (known[0].Labels.Count > 0)
            {
                known.RemoveAt(known.Count - 1);
                throw new ServiceError("ParameterMaxVersionLimitExceeded", "The oldest version has a label.");
            }

            known.RemoveAt(0);
        }

        return new JsonObject { ["Version"] = known[^1].Number, ["Tier"] = known[^1].Policies is null ? "Standard" : "Advanced" };
    }

    private JsonObject Label(JsonObject input)
    {
        var (versions, version) = Find(input);
        var invalid = new JsonArray();
        if (version.Labels.Union(input["Labels"]!.AsArray().Select(label => label!.GetValue<string>())).Count(label => ValidLabel().IsMatch(label)) > MaxLabels)
        {
            throw new ServiceError("ParameterVersionLabelLimitExceeded", "A parameter version can have maximum 10 labels. Remove an existing label and then try again.");
        }

        foreach (var label in input["Labels"]!.AsArray().Select(label => label!.GetValue<string>()))
        {
            if (!ValidLabel().IsMatch(label))
            {
                invalid.Add(label);
                continue;
            }

            versions.ForEach(other => other.Labels.Remove(label));
            version.Labels.Add(label);
        }

        return new JsonObject { ["InvalidLabels"] = invalid, ["ParameterVersion"] = version.Number };
    }

    private JsonObject Unlabel(JsonObject input)
    {
        var (_, version) = Find(input);
        var (removed, invalid) = (new JsonArray(), new JsonArray());
        foreach (var label in input["Labels"]!.AsArray().Select(label => label!.GetValue<string>()))
        {
            (version.Labels.Remove(label) ? removed : invalid).Add(label);
        }

        return new JsonObject { ["RemovedLabels"] = removed, ["InvalidLabels"] = invalid };
    }

    private JsonObject History(JsonObject input)
    {
        var (name, versions) = Versions(input);
        var size = Math.Min(input["MaxResults"]?.GetValue<int>() ?? 50, PageLimit);
        var start = input["NextToken"]?.GetValue<string>() is { } token
            ? int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new ServiceError("InvalidNextToken", "The specified token isn't valid.")
            : 0;
        var decrypted = input["WithDecryption"]?.GetValue<bool>() == true;
        var answer = new JsonObject { ["Parameters"] = new JsonArray([.. versions.Skip(start).Take(size).Select(version => version.Describe(name, decrypted))]) };
        if (start + size < versions.Count)
        {
            answer["NextToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }

    private JsonObject GetMany(JsonObject input)
    {
        var names = input["Names"]!.AsArray().Select(name => name!.GetValue<string>()).ToList();
        if (names.Count > MostNames || names.Distinct(StringComparer.Ordinal).Count() < names.Count)
        {
            throw new ServiceError("ValidationException", "1 validation error detected: Member must have length less than or equal to 10, without duplicates.");
        }

        var (found, missing) = (new JsonArray(), new JsonArray());
        foreach (var asked in names)
        {
            if (Get(asked, input["WithDecryption"]?.GetValue<bool>() == true) is { } parameter)
            {
                found.Add(parameter);
            }
            else
            {
                missing.Add(asked);
            }
        }

        return new JsonObject { ["Parameters"] = found, ["InvalidParameters"] = missing };
    }

    private JsonObject? Get(string asked, bool decrypted)
    {
        var mark = asked.LastIndexOf(':');
        var hasSelector = mark > 0 && !asked[mark..].Contains('/', StringComparison.Ordinal);
        var (name, selector) = hasSelector ? (asked[..mark], asked[(mark + 1)..]) : (asked, null);
        name = NameOf(name);
        if (!_parameters.TryGetValue(name, out var versions)
            || (selector is null ? versions[^1] : versions.Find(version => version.Number.ToString(CultureInfo.InvariantCulture) == selector || version.Labels.Contains(selector))) is not { } version)
        {
            return null;
        }

        var parameter = new JsonObject
        {
            ["Name"] = name,
            ["Type"] = version.Type,
            ["Value"] = version.Shown(decrypted),
            ["Version"] = version.Number,
            ["LastModifiedDate"] = version.Seconds,
            ["ARN"] = Arn(name),
            ["DataType"] = "text",
        };
        if (selector is not null)
        {
            parameter["Selector"] = ":" + selector;
        }

        return parameter;
    }

    private JsonObject Delete(JsonObject input)
    {
        var (name, _) = Versions(input);
        _parameters.Remove(name);
        return [];
    }

    private (List<StoredParameter> Versions, StoredParameter Version) Find(JsonObject input)
    {
        var (_, versions) = Versions(input);
        var number = input["ParameterVersion"]?.GetValue<int>() ?? versions[^1].Number;
        return (versions, versions.Find(version => version.Number == number) ?? throw new ServiceError("ParameterVersionNotFound", string.Empty));
    }

    private (string Name, List<StoredParameter> Versions) Versions(JsonObject input)
    {
        var name = NameOf(Text(input, "Name"));
        return (name, _parameters.GetValueOrDefault(name) ?? throw new ServiceError("ParameterNotFound", string.Empty));
    }

    private string NameOf(string nameOrArn)
    {
        var prefix = Arn(string.Empty);
        return !nameOrArn.StartsWith(prefix, StringComparison.Ordinal) ? nameOrArn : nameOrArn[prefix.Length..] is var rest && rest.Contains('/', StringComparison.Ordinal) ? "/" + rest : rest;
    }

    private static string Text(JsonObject input, string name) =>
        input[name]?.GetValue<string>() is { Length: > 0 } text ? text : throw new ServiceError("ValidationException", $"1 validation error detected: {name} must not be null.");

    [GeneratedRegex("^(?!aws|ssm|[0-9])[a-z0-9._-]{1,100}$", RegexOptions.IgnoreCase)]
    private static partial Regex ValidLabel();
}
