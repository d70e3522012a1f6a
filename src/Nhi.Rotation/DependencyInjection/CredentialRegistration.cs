namespace Nhi.Rotation.DependencyInjection;

/// <summary>One credential, as the app declared it.</summary>
internal sealed class CredentialRegistration(string name, string? sectionPath)
{
    public string Name { get; } = name;

    /// <summary>Where in configuration it was declared, for error messages.</summary>
    public string? SectionPath { get; } = sectionPath;

    public string Key { get; set; } = string.Empty;

    public Func<IServiceProvider, ICredentialBackend>? Backend { get; set; }

    public TimeSpan? DefaultRefreshInterval { get; set; }

    public Func<IServiceProvider, ICredentialProbe>? Probe { get; set; }

    /// <summary>Sets the credential's options, in the order declared.</summary>
    public List<Action<CredentialOptions>> ConfigureOptions { get; } = [];

    /// <summary>Sets how its files are read, in the order declared.</summary>
    public List<Action<FileBackendOptions>> ConfigureFiles { get; } = [];

    /// <summary>What it was called before.</summary>
    public List<string> Formerly { get; } = [];

    /// <summary>What is wrong with the declaration, if anything.</summary>
    public List<string> Errors { get; } = [];

    public bool IsDeclaredTwice { get; set; }

    /// <summary>Forgets where its versions come from, who tests them, and what is wrong with either.</summary>
    public void ForgetBackend()
    {
        (Key, Backend, DefaultRefreshInterval, Probe) = (string.Empty, null, null, null);
        Errors.Clear();
    }
}
