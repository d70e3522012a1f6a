using System.Globalization;
using Microsoft.Extensions.Options;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Collects what is wrong, each with the option's key and the fix.</summary>
internal sealed class OptionRules(string? credentialName, string? sectionPath)
{
    private readonly List<string> _failures = [];

    public ValidateOptionsResult Result => _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);

    public void NotNegative(TimeSpan value, string option) => Check(value >= TimeSpan.Zero, option, value, "0 or more");

    public void Positive(TimeSpan value, string option) => Check(value > TimeSpan.Zero, option, value, "more than 0");

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
