using Google.Apis.Auth.OAuth2;
using Nhi.Rotation.GoogleSecretManager.Api;

namespace Nhi.Rotation.GoogleSecretManager.Secrets;

/// <summary>One connection for all credentials that the same identity asks for.</summary>
internal sealed class ConnectionPool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(GoogleCredential? Credential, GoogleConnection Connection)> _connections = [];

    public GoogleConnection Get(GoogleCredential? credential)
    {
        lock (_gate)
        {
            var known = _connections.Find(one => ReferenceEquals(one.Credential, credential)).Connection;
            if (known is null)
            {
                _connections.Add((credential, known = new GoogleConnection(credential)));
            }

            return known;
        }
    }

    public void Dispose() => _connections.ForEach(static one => one.Connection.Dispose());
}
