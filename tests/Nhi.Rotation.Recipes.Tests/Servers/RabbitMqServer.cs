using System.Collections.Frozen;
using System.Globalization;
using System.Net.Sockets;
using System.Threading.Channels;
using Nhi.Rotation.TestSupport;

namespace Nhi.Rotation.Recipes.Tests.Servers;

/// <summary>A RabbitMQ broker of its own: new folders, free ports on the loopback interface, its own epmd, its Erlang shell for the administrator.</summary>
internal sealed class RabbitMqServer : IAsyncDisposable
{
    private const string User = "rabbitmq";
    private const string Mark = "@answer@";

    private readonly ServerProcess _epmd;
    private readonly ServerProcess _process;
    private readonly string _folder;
    private readonly string _programs;
    private readonly FrozenDictionary<string, string> _environment;
    private readonly Channel<string> _answers;
    private readonly SemaphoreSlim _oneByOne = new(1);

    private RabbitMqServer(ServerProcess epmd, ServerProcess process, string folder, string programs, int port, FrozenDictionary<string, string> environment, Channel<string> answers)
    {
        _epmd = epmd;
        _process = process;
        _folder = folder;
        _programs = programs;
        Port = port;
        _environment = environment;
        _answers = answers;
    }

    public int Port { get; }

    public static async Task<RabbitMqServer> StartAsync()
    {
        // The programs in the search path are wrappers that change the user.
        var program = Installed.Program("rabbitmq-server", "rabbitmq-server", "/usr/sbin");
        var programs = Directory.Exists("/usr/lib/rabbitmq/bin") ? "/usr/lib/rabbitmq/bin" : Path.GetDirectoryName(program)!;
        var epmd = Installed.Program("epmd", "rabbitmq-server");
        var folder = await ServerProcess.MakeFolderAsync("rabbitmq", User);
        int port = ServerProcess.FindFreePort(), distribution = ServerProcess.FindFreePort(), names = ServerProcess.FindFreePort();
        var environment = new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["ERL_EPMD_PORT"] = $"{names}",
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_ALLOW_INPUT"] = "true",
            ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
            ["RABBITMQ_CONFIG_FILE"] = $"{folder}/rabbitmq",
            ["RABBITMQ_DIST_PORT"] = $"{distribution}",
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = $"{folder}/plugins",
            ["RABBITMQ_LOG_BASE"] = $"{folder}/log",
            ["RABBITMQ_MNESIA_BASE"] = $"{folder}/mnesia",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"nhi-{port}@localhost",
            ["RABBITMQ_NODE_PORT"] = $"{port}",
            ["RABBITMQ_PID_FILE"] = $"{folder}/pid",
        }.ToFrozenDictionary();

        // In the foreground, or else the broker starts one that outlives it.
        var namesProcess = ServerProcess.Start(User, environment, static _ => { }, epmd, "-port", $"{names}", "-address", "127.0.0.1");
        var answers = Channel.CreateUnbounded<string>();
        var log = new LastLines();
        var process = ServerProcess.Start(User, environment, Listen, Path.Join(programs, "rabbitmq-server"));
        var server = new RabbitMqServer(namesProcess, process, folder, programs, port, environment, answers);
        await process.WaitUntilUpAsync<SocketException>(
            async () =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
            },
            log.ToString);
        return server;

        void Listen(string line)
        {
            log.Add(line);
            var at = line.IndexOf(Mark, StringComparison.Ordinal);
            if (at >= 0)
            {
                answers.Writer.TryWrite(line[(at + Mark.Length)..]);
            }
        }
    }

    /// <summary>What <c>rabbitmqctl add_vhost</c> does, without the second that each call of that program takes. So are the others.</summary>
    public Task AddVirtualHostAsync(string name) => AskAsync($"rabbit_vhost:add(<<\"{name}\">>, <<\"test\">>)");

    /// <summary>What <c>rabbitmqctl add_user</c> and <c>set_permissions</c> do.</summary>
    public async Task AddUserAsync(string user, string password, string virtualHost)
    {
        await AskAsync($"rabbit_auth_backend_internal:add_user(<<\"{user}\">>, <<\"{password}\">>, <<\"test\">>)");
        await AskAsync($"rabbit_auth_backend_internal:set_permissions(<<\"{user}\">>, <<\"{virtualHost}\">>, <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"test\">>)");
    }

    /// <summary>What <c>rabbitmqctl change_password</c> does.</summary>
    public Task ChangePasswordAsync(string user, string password) =>
        AskAsync($"rabbit_auth_backend_internal:change_password(<<\"{user}\">>, <<\"{password}\">>, <<\"test\">>)");

    /// <summary>What <c>rabbitmqctl delete_user</c> does.</summary>
    public Task DeleteUserAsync(string user) => AskAsync($"rabbit_auth_backend_internal:delete_user(<<\"{user}\">>, <<\"test\">>)");

    /// <summary>How many users <c>rabbitmqctl list_users</c> has whose names begin so.</summary>
    public async Task<int> CountUsersAsync(string prefix) => int.Parse(
        await AskAsync($"length([1 || U <- rabbit_auth_backend_internal:list_users(), string:prefix(proplists:get_value(user, U), <<\"{prefix}\">>) =/= nomatch])"), CultureInfo.InvariantCulture);

    /// <summary>What <c>rabbitmqctl close_all_user_connections</c> does.</summary>
    public Task CloseConnectionsAsync(string user) => AskAsync($"[rabbit_networking:close_connection(P, \"by the administrator\") || P <- {PidsOf(user)}]");

    /// <summary>What <c>rabbitmqctl list_connections user pid</c> tells.</summary>
    public async Task<string[]> ConnectionsOfAsync(string user)
    {
        var answer = await AskAsync(PidsOf(user));
        return answer.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The administrator's own program.</summary>
    public Task<string> ControlAsync(params string[] arguments) => ServerProcess.RunAsync(User, _environment, [Path.Join(_programs, "rabbitmqctl"), "--quiet", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        _oneByOne.Dispose();
        await _process.DisposeAsync();
        await _epmd.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string PidsOf(string user) => $"[P || [{{pid, P}}, {{user, U}}] <- rabbit_networking:connection_info_all([pid, user]), U =:= <<\"{user}\">>]";

    private async Task<string> AskAsync(string expression)
    {
        await _oneByOne.WaitAsync();
        try
        {
            await _process.Input.WriteLineAsync($"io:format(\"~n{Mark}~0p~n\", [catch {expression}]).");
            await _process.Input.FlushAsync();
            var answer = await _answers.Reader.ReadAsync().AsTask().WaitAsync(App.Deadline);
            return answer.Contains("'EXIT'", StringComparison.Ordinal) || answer.Contains("error", StringComparison.Ordinal) ? throw new InvalidOperationException($"{expression}: {answer}") : answer;
        }
        finally
        {
            _oneByOne.Release();
        }
    }
}
