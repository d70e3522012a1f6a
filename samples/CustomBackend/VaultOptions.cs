namespace CustomBackend;

/// <summary>The command line.</summary>
public sealed class VaultOptions
{
    public Uri? Address { get; private set; }

    public string? Token { get; private set; }

    public string Mount { get; private set; } = "secret";

    public string? Namespace { get; private set; }

    public static VaultOptions Parse(string[] args)
    {
        var options = new VaultOptions();
        for (var index = 0; index + 1 < args.Length; index += 2)
        {
            switch (args[index])
            {
                case "--address":
                    options.Address = new Uri(args[index + 1]);
                    break;
                case "--token":
                    options.Token = args[index + 1];
                    break;
                case "--mount":
                    options.Mount = args[index + 1];
                    break;
                case "--namespace":
                    options.Namespace = args[index + 1];
                    break;
                default:
                    throw new ArgumentException($"Unknown option '{args[index]}'. Known are --address, --token, --mount and --namespace.");
            }
        }

        return options;
    }
}
