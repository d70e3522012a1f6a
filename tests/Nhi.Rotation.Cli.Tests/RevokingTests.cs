using System.Text;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Evidence.Revocations;

namespace Nhi.Rotation.Cli.Tests;

/// <summary>The commands for lists of revocations.</summary>
public sealed class RevokingTests : IDisposable
{
    private const string Value = "canary-value-4711";

    private static readonly byte[] Key = Encoding.UTF8.GetBytes("0123456789abcdef");
    private static readonly DateTimeOffset Now = new(2026, 11, 27, 3, 10, 0, TimeSpan.Zero);

    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-revoke-").FullName;

    private string List => Path.Combine(_directory, "revoked.json");

    private string KeyFile => Path.Combine(_directory, "key");

    [Theory]
    [InlineData(Value)]
    [InlineData(Value + "\n")]
    [InlineData(Value + "\r\n")]
    public void A_fingerprint_is_of_the_value_without_the_line_break_at_its_end(string piped)
    {
        File.WriteAllText(KeyFile, Convert.ToBase64String(Key) + "\n");

        var (exit, output, errors) = Run(piped, "fingerprint", "--key-file", KeyFile);

        Assert.Equal((0, string.Empty), (exit, errors));
        Assert.Equal(ValueFingerprint.WithKey(Encoding.UTF8.GetBytes(Value), Key).ToString(), output.TrimEnd());
    }

    [Fact]
    public void Every_byte_counts_where_that_is_said()
    {
        File.WriteAllText(KeyFile, Convert.ToBase64String(Key));

        var (_, output, _) = Run(Value + "\n", "fingerprint", "--exact", "--key-file", KeyFile);

        Assert.Equal(ValueFingerprint.WithKey(Encoding.UTF8.GetBytes(Value + "\n"), Key).ToString(), output.TrimEnd());
    }

    [Fact]
    public void Without_a_key_each_fingerprint_has_a_salt_of_its_own()
    {
        var (_, one, _) = Run(Value, "fingerprint");
        var (_, other, _) = Run(Value, "fingerprint");

        Assert.NotEqual(one, other);
        Assert.True(ValueFingerprint.TryParse(one.TrimEnd())!.IsOf(Encoding.UTF8.GetBytes(Value), default));
        Assert.False(ValueFingerprint.TryParse(one.TrimEnd())!.IsOf(Encoding.UTF8.GetBytes(Value + "x"), default));
    }

    [Fact]
    public void A_value_is_added_once_and_shown_nowhere()
    {
        File.WriteAllText(KeyFile, Convert.ToBase64String(Key));
        string[] revoke = ["revoke", "--list", List, "--credential", "stripe", "--why", "leaked", "--key-file", KeyFile];

        var first = Run(Value, revoke);
        var second = Run(Value, revoke);

        Assert.Equal((0, $"Added: the value of 'stripe', in '{List}'."), (first.Exit, first.Output.TrimEnd()));
        Assert.Equal((0, $"On the list already: the value of 'stripe', in '{List}'."), (second.Exit, second.Output.TrimEnd()));
        var entry = Assert.Single(RevocationListFile.Read(List));
        Assert.Equal(new RevocationEntry("stripe", null, ValueFingerprint.WithKey(Encoding.UTF8.GetBytes(Value), Key), "leaked", Now), entry);
        Assert.DoesNotContain(Value, File.ReadAllText(List) + first + second, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_is_added_without_a_value_and_what_is_on_the_list_stays()
    {
        Run("", "revoke", "--list", List, "--credential", "stripe", "--version-id", "v41", "--why", "leaked");
        var (exit, _, _) = Run("", "revoke", "--list", List, "--credential", "github", "--version-id", "v7", "--why", "left the company");

        Assert.Equal(0, exit);
        Assert.Equal([("stripe", "v41", "leaked"), ("github", "v7", "left the company")], RevocationListFile.Read(List).Select(entry => (entry.CredentialName, entry.VersionId, entry.Why)));
    }

    [Fact]
    public void A_list_with_a_mistake_is_not_overwritten()
    {
        File.WriteAllText(List, "{ \"revoked\": [ { } ] }");

        var (exit, output, errors) = Run("", "revoke", "--list", List, "--credential", "stripe", "--version-id", "v41", "--why", "leaked");

        Assert.Equal(((int)ExitCode.CannotWrite, string.Empty), (exit, output));
        Assert.Contains("line 1: no credential is named", errors, StringComparison.Ordinal);
        Assert.Equal("{ \"revoked\": [ { } ] }", File.ReadAllText(List));
    }

    [Fact]
    public void While_another_process_writes_the_list_it_is_left_alone()
    {
        using var other = new FileStream(List + ".lock", FileMode.Create, FileAccess.Write, FileShare.None);

        var (exit, _, errors) = Run("", "revoke", "--list", List, "--credential", "stripe", "--version-id", "v41", "--why", "leaked");

        Assert.Equal((int)ExitCode.CannotWrite, exit);
        Assert.Contains("is being written by another process. Try again.", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(List));
    }

    [Theory]
    [InlineData("", "fingerprint", "Standard input is empty")]
    [InlineData("\n", "fingerprint", "Standard input is empty")]
    [InlineData(Value, "fingerprint --key-file KEY", "holds no key")]
    [InlineData(Value, "fingerprint " + Value, "read from standard input only")]
    [InlineData(Value, "revoke --credential stripe --why leaked", "--list")]
    [InlineData(Value, "revoke --list LIST --why leaked", "--credential")]
    [InlineData(Value, "revoke --list LIST --credential stripe", "--why")]
    public void What_is_missing_is_named(string piped, string command, string message)
    {
        File.WriteAllText(KeyFile, Convert.ToBase64String(Key[..15]));

        var (exit, output, errors) = Run(piped, command.Replace("KEY", KeyFile, StringComparison.Ordinal).Replace("LIST", List, StringComparison.Ordinal).Split(' '));

        Assert.Equal(((int)ExitCode.Usage, string.Empty), (exit, output));
        Assert.Contains(message, errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_a_mebibyte_is_no_secret()
    {
        Assert.Equal((int)ExitCode.Safe, Run(new string('x', 1 << 20), "fingerprint").Exit);
        Assert.Equal((int)ExitCode.Usage, Run(new string('x', (1 << 20) + 1), "fingerprint").Exit);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static (int Exit, string Output, string Errors) Run(string piped, params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(piped));
        return (CommandLine.Run(args, new FakeTimeProvider(Now), input, output, errors), output.ToString(), errors.ToString());
    }
}
