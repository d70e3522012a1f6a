using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nhi.Rotation.Cli.Files;

namespace Nhi.Rotation.Cli.Waiting;

/// <summary>Where Prometheus is, and how it lets one in.</summary>
internal sealed class PrometheusOptions
{
    /// <summary>The option that names the file of a token.</summary>
    public const string Token = "--bearer-token-file";

    /// <summary>The option that names the file of certificates.</summary>
    public const string Authorities = "--ca-file";

    private readonly Option<string?> _address = new("--prometheus") { Description = "The address of a Prometheus with the recording rules of this project, instead of evidence: https://prometheus.example/." };

    private readonly Option<FileInfo?> _token = new(Token) { Description = "A file with a bearer token for it. A token is never an argument: others could read it." };

    private readonly Option<FileInfo?> _ca = new(Authorities) { Description = "Certificates in PEM that it is trusted by, instead of those of the machine." };

    public IReadOnlyList<Option> All => [_address, _token, _ca];

    public bool IsGiven(ParseResult arguments) => arguments.GetValue(_address) is not null;

    /// <summary>What makes no sense, or <see langword="null"/>.</summary>
    public string? FindMistake(ParseResult arguments)
    {
        var token = arguments.GetValue(_token);
        return !Uri.TryCreate(arguments.GetValue(_address), UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            ? "--prometheus: say an address such as https://prometheus.example/."
            : address is not { UserInfo: "", Query: "", Fragment: "" }
            ? "--prometheus: an address has no password and no query. Others can read arguments: a token comes from --bearer-token-file."
            : token is not null && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback
            ? "--bearer-token-file: a token does not travel over http, where everybody on the way can read it. Say https."
            : arguments.GetValue(_ca) is { } ca ? FindMistake(ca) : null;
    }

    /// <summary>Whom to ask.</summary>
    public PrometheusClient Open(ParseResult arguments) => new(new Uri(arguments.GetValue(_address)!), arguments.GetValue(_token), arguments.GetValue(_ca));

    private static string? FindMistake(FileInfo certificates)
    {
        try
        {
            X509Certificate2Collection all = [];
            all.ImportFromPem(SideFile.ReadText(Authorities, certificates.FullName));
            return all.Count == 0 ? $"--ca-file: '{certificates.FullName}' holds no certificate in PEM." : null;
        }
        catch (IOException error)
        {
            return error.Message;
        }
        catch (CryptographicException)
        {
            return $"{Authorities}: '{certificates.FullName}' holds no certificate in PEM that can be understood.";
        }
    }
}
