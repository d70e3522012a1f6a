using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Identity;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Providers;

/// <summary>What surrounds a text: one option for every backend, and one word for each thing that is odd.</summary>
public sealed class TextRuleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("c4nary-value\n", TrailingNewline.TrimOne, "c4nary-value", "ended in a line ending, which is left out")]
    [InlineData("c4nary-value\r\n", TrailingNewline.TrimOne, "c4nary-value", "ended in a line ending, which is left out")]
    [InlineData("c4nary-value\n\n", TrailingNewline.TrimAll, "c4nary-value", "ended in a line ending, which is left out")]
    [InlineData("c4nary-value\n", TrailingNewline.Keep, "c4nary-value\n", "set Newline to TrimAll")]
    [InlineData("c4nary-value\r", TrailingNewline.TrimOne, "c4nary-value\r", "ends in a carriage return")]
    [InlineData("\"c4nary-value\"", TrailingNewline.TrimOne, "\"c4nary-value\"", "in quotation marks")]
    [InlineData("'c4nary-value'\n\n", TrailingNewline.TrimAll, "'c4nary-value'", "in quotation marks|ended in a line ending")]
    [InlineData("API_KEY=c4nary-value", TrailingNewline.TrimOne, "API_KEY=c4nary-value", "has a name in front of it")]
    [InlineData("password: c4nary-value", TrailingNewline.TrimOne, "password: c4nary-value", "has a name in front of it")]
    [InlineData("Authorization: Bearer c4nary-value", TrailingNewline.TrimOne, "Authorization: Bearer c4nary-value", "has a name in front of it")]
    [InlineData("MFRGGC4NARY====", TrailingNewline.TrimOne, "MFRGGC4NARY====", null)]
    [InlineData("c4nary=value", TrailingNewline.TrimOne, "c4nary=value", null)]
    [InlineData("AccountName=c4nary;AccountKey=value", TrailingNewline.TrimOne, "AccountName=c4nary;AccountKey=value", null)]
    [InlineData("AB=c4nary", TrailingNewline.TrimOne, "AB=c4nary", null)]
    [InlineData("9KEY=c4nary", TrailingNewline.TrimOne, "9KEY=c4nary", null)]
    [InlineData("c4nary:value", TrailingNewline.TrimOne, "c4nary:value", null)]
    [InlineData("'c4nary-value\"", TrailingNewline.TrimOne, "'c4nary-value\"", null)]
    [InlineData("A_KEY=1\nB_KEY=c4nary", TrailingNewline.TrimOne, "A_KEY=1\nB_KEY=c4nary", null)]
    [InlineData("-----BEGIN c4nary\n-----END\n", TrailingNewline.TrimOne, "-----BEGIN c4nary\n-----END", null)]
    [InlineData("-----BEGIN c4nary\n-----END\n", TrailingNewline.Keep, "-----BEGIN c4nary\n-----END\n", null)]
    [InlineData("\ufeffc4nary-value", TrailingNewline.TrimOne, "\ufeffc4nary-value", "byte order mark")]
    [InlineData("c4nary-value\0", TrailingNewline.TrimOne, "c4nary-value\0", "NUL")]
    [InlineData(" c4nary-value", TrailingNewline.TrimOne, " c4nary-value", "begins or ends with a blank")]
    [InlineData("c4nary-value\t", TrailingNewline.TrimOne, "c4nary-value\t", "begins or ends with a blank")]
    [InlineData("c4nary\u00a0value", TrailingNewline.TrimOne, "c4nary\u00a0value", "cannot be seen")]
    [InlineData("c4nary\u200bvalue", TrailingNewline.TrimOne, "c4nary\u200bvalue", "cannot be seen")]
    [InlineData("c4nary\u0085value", TrailingNewline.TrimOne, "c4nary\u0085value", "cannot be seen")]
    [InlineData("c4nary value päss", TrailingNewline.TrimOne, "c4nary value päss", null)]
    public async Task Every_backend_has_one_option_and_one_warning(string stored, TrailingNewline newline, string value, string? warning)
    {
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("custom", stored);
        var logs = new FakeLogCollector();
        using var host = Start(logs, credentials => credentials
            .AddCredential("custom", credential => credential.UseBackend("custom", _ => backend).Configure(options => options.Newline = newline)));
        await host.StartAsync(Ct);
        var provider = host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("custom");

        Assert.Equal(value, provider.Current.Reveal());
        await provider.RefreshAsync(RefreshReason.Requested, Ct);
        var told = logs.GetSnapshot().Where(static line => line.Id.Id == 129).Select(static line => line.Message).ToList();
        Assert.DoesNotContain(logs.GetSnapshot(), static line => line.Message.Contains("c4nary", StringComparison.Ordinal));
        if (warning is null)
        {
            Assert.Empty(told);
        }
        else
        {
            Assert.Equal(warning.Split('|').Length, told.Count);
            Assert.All(warning.Split('|'), one => Assert.Single(told, line => line.Contains(one, StringComparison.Ordinal)));
        }

        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task A_file_has_the_same_option_and_its_one_line_ending_is_nothing_to_tell()
    {
        using var file = new TemporaryFile("c4nary-value\n\n");
        var logs = new FakeLogCollector();
        using var host = Start(logs, credentials => credentials
            .AddCredential("one", credential => credential.FromFiles(file.Path))
            .AddCredential("all", credential => credential.FromFiles(file.Path).Configure(static options => options.Newline = TrailingNewline.TrimAll))
            .AddCredential("none", credential => credential.FromFiles(file.Path).Configure(static options => options.Newline = TrailingNewline.Keep)));
        await host.StartAsync(Ct);

        Assert.Equal("c4nary-value\n", Reveal(host, "one"));
        Assert.Equal("c4nary-value", Reveal(host, "all"));
        Assert.Equal("c4nary-value\n\n", Reveal(host, "none"));
        Assert.Equal(["none", "one"], logs.GetSnapshot().Where(static line => line.Id.Id == 129).Select(static line => line.StructuredState!.First(static state => state.Key == "Credential").Value).Order());
        await host.StopAsync(Ct);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_taken_as_they_are()
    {
        byte[] binary = [0xff, 0xa0, 0, (byte)'\n'];
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("key", binary);
        var logs = new FakeLogCollector();
        using var host = Start(logs, credentials => credentials
            .AddCredential("key", credential => credential.UseBackend("key", _ => backend).Configure(static options => options.Newline = TrailingNewline.TrimAll)));
        await host.StartAsync(Ct);

        Assert.Equal(binary, host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("key").Current.RevealBytes().ToArray());
        Assert.DoesNotContain(logs.GetSnapshot(), static line => line.Id.Id == 129);
        await host.StopAsync(Ct);
    }

    [Fact]
    public void Bytes_that_are_UTF_16_are_told_of_and_random_ones_are_not()
    {
        Assert.Contains("UTF-16", Assert.Single(ValueText.Oddities([.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("c4nary")])), StringComparison.Ordinal);
        Assert.Contains("UTF-16", Assert.Single(ValueText.Oddities([.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("c4nary")])), StringComparison.Ordinal);
        Assert.Empty(ValueText.Oddities([0xff, 0xfe, 0x61, 0, 0x62, 0x63]));
        Assert.Empty(ValueText.Oddities([0xff, 0xfe, 0x61]));
        Assert.Empty(ValueText.Oddities([0xff, 0xfe]));
    }

    [Fact]
    public void Nothing_is_odd_about_a_plain_text()
    {
        Assert.Empty(ValueText.Oddities("sk_live_0123456789-_=+/ä€𝄞"u8));
        Assert.Equal(2, ValueText.Oddities(Encoding.UTF8.GetBytes("\ufeff\u00a0x")).Count());
    }

    private static string Reveal(IHost host, string name) => host.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name).Current.Reveal();

    private static IHost Start(FakeLogCollector logs, Action<RotatingCredentialsBuilder> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddProvider(new FakeLoggerProvider(logs));
        add(builder.Services.AddRotatingCredentials());
        return builder.Build();
    }

    private sealed class TemporaryFile : IDisposable
    {
        public TemporaryFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
