using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.DependencyInjection;
using Nhi.Rotation.Refreshing;

namespace Nhi.Rotation.Tests.Docs;

/// <summary>docs/lifecycle.md has every number with its default, as the options have it.</summary>
public sealed class NumbersTests
{
    private static readonly object[] Defaults = [new CredentialOptions(), new RotatingCredentialsOptions()];

    [Fact]
    public void Every_default_in_the_table_is_the_options_own()
    {
        var documented = Rows();

        Assert.All(Options(), option => Assert.Equal(Say(option.Property, option.Value), documented.GetValueOrDefault(option.Property.Name, "not in the table")));
    }

    [Fact]
    public void The_table_has_no_option_that_does_not_exist()
    {
        Assert.Empty(Rows().Keys.Except(Options().Select(option => option.Property.Name)));
    }

    private static IEnumerable<(PropertyInfo Property, object? Value)> Options() =>
        from options in Defaults
        from property in options.GetType().GetProperties()
        where property.PropertyType != typeof(string)
        select (property, property.GetValue(options));

    // The backend's own interval stands in for none.
    private static string Say(PropertyInfo property, object? value) => property.Name == nameof(CredentialOptions.RefreshInterval)
        ? $"{Say(RefreshPolicy.From(new(), backendInterval: null).Interval)}; files {Say(FileInterval())}"
        : Say(value);

    private static string Say(object? value) => value switch
    {
        null => "none",
        false => "off",
        TimeSpan { Ticks: 0 } => "0",
        TimeSpan { Ticks: >= TimeSpan.TicksPerHour } span => $"{span.TotalHours} h",
        TimeSpan { Ticks: >= TimeSpan.TicksPerMinute } span => $"{span.TotalMinutes} min",
        TimeSpan span => $"{span.TotalSeconds} s",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static TimeSpan FileInterval()
    {
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("stripe", c => c.FromFiles("/nowhere"));
        return services.Select(service => service.ImplementationInstance).OfType<CredentialSetup>().Single().Credentials["stripe"].DefaultRefreshInterval!.Value;
    }

    private static Dictionary<string, string> Rows([CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/lifecycle.md"))
            .SkipWhile(line => line != "| option | default | meaning |")
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Replace("`", string.Empty, StringComparison.Ordinal).Split('|', StringSplitOptions.TrimEntries))
            .SelectMany(cells => cells[0].Split(", ").Zip(cells[1].Split(", ")))
            .ToDictionary(row => row.First, row => row.Second, StringComparer.Ordinal);
}
