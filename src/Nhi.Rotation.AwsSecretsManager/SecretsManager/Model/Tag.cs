namespace Amazon.SecretsManager.Model;

internal sealed class Tag
{
    public string? Key { get; set; }

    public string? Value { get; set; }
}
