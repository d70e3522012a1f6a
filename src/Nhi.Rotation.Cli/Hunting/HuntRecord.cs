using System.Security.Cryptography;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>A hunt as evidence: a chain of its own, which <c>verify</c> reads. Begun before the hunt, so that a directory that cannot be written costs no hunt.</summary>
internal sealed class HuntRecord : IDisposable
{
    private const int InstanceIdBytes = 8;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly HuntQuestion _question;
    private readonly IReadOnlyList<string> _scope;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _began;
    private readonly string _instance = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(InstanceIdBytes));
    private readonly string _unfinished;
    private readonly FileStream _file;
    private bool _isWritten;

    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public HuntRecord(HuntQuestion question, IReadOnlyList<string> scope, TimeProvider time)
    {
        (_question, _scope, _time, _began) = (question, scope, time, time.GetUtcNow());
        if (!Directory.Exists(question.Directory))
        {
            _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(question.Directory) : Directory.CreateDirectory(question.Directory, OwnerOnly | UnixFileMode.UserExecute);
        }

        _unfinished = Path.Combine(question.Directory, $".{HuntEvidence.App}-{_instance}.tmp");
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = OwnerOnly;
        }

        _file = new FileStream(_unfinished, create);
    }

    /// <summary>Writes what was found, all or nothing.</summary>
    public void Write(Findings findings)
    {
        var chain = new ChainWriter(new ChainIdentity(HuntEvidence.App, _instance, typeof(HuntRecord).Assembly.GetName().Version!.ToString(3), _began));
        chain.Begin(_file, file: 1, _began);
        chain.Append(_file, new EvidenceEvent
        {
            Kind = EvidenceKind.Hunted,
            At = _began,
            CredentialName = _question.Credential,
            VersionId = _question.Version,
            Hunt = new HuntEvidence
            {
                Host = Environment.MachineName,
                Scope = _scope,
                Processes = findings.Processes,
                Files = findings.Files,
                NotSeen = findings.NotSeen.Count,
                Found = findings.Held,
            },
        });
        chain.Append(_file, new EvidenceEvent { Kind = EvidenceKind.Stopped, At = _time.GetUtcNow() });
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_unfinished, Path.Combine(_question.Directory, $"{HuntEvidence.App}-{_instance}-0001.jsonl"));
        _isWritten = true;
    }

    public void Dispose()
    {
        _file.Dispose();
        if (!_isWritten)
        {
            File.Delete(_unfinished);
        }
    }
}
