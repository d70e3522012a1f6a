using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using RotatingApi.Features;

namespace RotatingApi;

/// <summary>A service in a process of its own, with its own copy of the secrets.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Lazy<HttpClient> _http;
    private readonly string _secrets;
    private readonly string _name;
    private Process? _process;

    public ServiceProcess(string name, string directory)
    {
        _name = name;
        _secrets = Directory.CreateDirectory(Path.Join(directory, name)).FullName;
        Address = new Uri($"https://127.0.0.1:{FreePort()}");
        _http = new(() => new HttpClient(Tls.NewHandler(_secrets)) { BaseAddress = Address });
    }

    public Uri Address { get; }

    public int Id => _process!.Id;

    /// <summary>Puts a key into this service's copy, as an agent would: by a rename.</summary>
    public void Write(string key, string value)
    {
        var path = Path.Join(_secrets, key);
        var next = path + ".next";
        using (var file = new FileStream(next, NewFile()))
        using (var writer = new StreamWriter(file))
        {
            writer.Write(value);
        }

        File.Move(next, path, overwrite: true);
    }

    public Task<string> KeyAsync(string key) => File.ReadAllTextAsync(Path.Join(_secrets, key));

    public void Start(Uri peer, string fingerprintKey)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, UseShellExecute = false };
        start.Environment[Service.FingerprintKey] = fingerprintKey;
        string[] self = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Service).Assembly.Location] : [];
        foreach (var argument in (string[])[.. self, "--service", _name, Address.AbsoluteUri, peer.AbsoluteUri, _secrets])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start);
    }

    public async Task StartLoadAsync()
    {
        using var response = await _http.Value.PostAsync(new Uri("/load", UriKind.Relative), content: null);
        response.EnsureSuccessStatusCode();
    }

    public async Task<State> ReadAsync() => (await _http.Value.GetFromJsonAsync(new Uri("/state", UriKind.Relative), StateJson.Default.State))!;

    /// <summary>Waits until the service is in a state.</summary>
    public async Task<State> WaitAsync(Func<State, bool> isReached, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process is { HasExited: true })
            {
                throw new InvalidOperationException($"The service '{_name}' ended with code {_process.ExitCode} before {what}.");
            }

            try
            {
                var state = await ReadAsync();
                if (isReached(state))
                {
                    return state;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            if (Stopwatch.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException($"The service '{_name}': waited {Limit.TotalSeconds:0} s in vain until {what}.");
            }

            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }

        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    /// <summary>A key as an issuer would make it: 256 random bits.</summary>
    public static string NewKey(string client) => $"{client}_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}";

    private static FileStreamOptions NewFile() => OperatingSystem.IsWindows()
        ? new() { Mode = FileMode.Create, Access = FileAccess.Write }
        : new() { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
