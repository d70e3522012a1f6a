using System.Globalization;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Collects what is wrong, each with the option's key and the fix.</summary>
internal sealed class OptionRules(string? credentialName, string? sectionPath)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly List<string> _failures = [];

    public ValidateOptionsResult Result => _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);

    public void NotNegative(TimeSpan value, string option) => Check(value >= TimeSpan.Zero && value <= Duration.Longest, option, value, "0 or more, at most 3650 days");

    public void Positive(TimeSpan value, string option) => Check(value > TimeSpan.Zero && value <= Duration.Longest, option, value, "more than 0, at most 3650 days");

    /// <summary>What a timer or a timeout waits for: neither takes a longer time.</summary>
    public void Wait(TimeSpan value, TimeSpan min, string option) =>
        Check(value >= min && value <= LongestWait, option, value, $"{min.TotalMilliseconds} ms or more, at most 1 day");

    public void Check(bool isValid, string option, object? value, string range)
    {
        if (!isValid)
        {
            var subject = credentialName is null ? "Rotating credentials" : $"Credential '{credentialName}'";
            var key = sectionPath is null ? option : $"{sectionPath}:{option}";
            _failures.Add(string.Create(CultureInfo.InvariantCulture, $"{subject}: {option} is {value}. Set {key} to {range}."));
        }
    }

    public void Fail(string failure) => _failures.Add(failure);
}
