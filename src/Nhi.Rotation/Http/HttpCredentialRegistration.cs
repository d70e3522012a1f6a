namespace Nhi.Rotation.Http;

/// <summary>One call of AddRotatingCredential.</summary>
internal sealed class HttpCredentialRegistration : ClientCredentialRegistration
{
    public HttpCredentialRegistration(string clientName, string credentialName, HttpCredentialOptions options)
        : base(clientName, credentialName)
    {
        Options = options;
        Stamping = options.Stamping ?? throw new InvalidOperationException(
            $"HttpClient '{clientName}': nothing says how credential '{credentialName}' is sent. Choose one in AddRotatingCredential(\"{credentialName}\", h => ...): "
            + "h.Bearer(), h.Header(...), h.Basic(...), h.QueryParameter(...) or h.Stamp(...).");
    }

    public HttpCredentialOptions Options { get; }

    public Stamping Stamping { get; }

    public override bool IsProving => Options.Proves is not null;

    public override IReadOnlyList<AllowedOrigin> Origins => Options.Origins;

    public override string? HeaderName => Stamping.HeaderName;

    public override string Place => Stamping.ToString();

    public override bool Collides(ClientCredentialRegistration other) =>
        other is HttpCredentialRegistration stamped ? stamped.Stamping.Collides(Stamping) : base.Collides(other);
}
