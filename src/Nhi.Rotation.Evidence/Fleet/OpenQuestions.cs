using System.Globalization;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>What no instance can answer: who should be there and is not, and names that vanished.</summary>
internal static class OpenQuestions
{
    /// <summary>Apps of which fewer instances are there than should be.</summary>
    public static IEnumerable<string> Missing(IReadOnlyList<Presence> instances, IReadOnlyDictionary<string, int> expected)
    {
        // A process that writes to several places has a chain in each, and started once. One whose start is not known may be any of the others.
        var there = instances.Where(instance => instance is { IsOver: false, Gap: null, Evidence.StartedAt: not null })
            .DistinctBy(instance => (instance.Evidence.App, instance.Evidence.StartedAt))
            .CountBy(instance => instance.Evidence.App)
            .ToDictionary(StringComparer.Ordinal);
        return from app in expected
               let count = there.GetValueOrDefault(app.Key)
               where count < app.Value
               orderby app.Key
               select string.Create(CultureInfo.InvariantCulture, $"{app.Value} instances of {app.Key} should be there, and the evidence of {count} reaches to now.");
    }

    /// <summary>Credentials that an app's last run has no more, where it has another one instead: who used the one may use the other's value.</summary>
    public static IEnumerable<string> Vanished(IReadOnlyList<Presence> instances, FleetQuestion question) =>
        from app in instances.Where(instance => instance.Evidence.Credentials.Count > 0).GroupBy(instance => instance.Evidence.App, StringComparer.Ordinal)
        let last = app.MaxBy(run => run.Evidence.StartedAt)!.Evidence.Credentials.Keys.ToArray()
        from name in app.SelectMany(run => run.Evidence.Credentials.Keys).Distinct(StringComparer.Ordinal).Except(last, StringComparer.Ordinal)
        let with = app.Where(run => run.Evidence.Credentials.ContainsKey(name)).ToArray()
        where with.All(run => run.IsOver)
        let users = UsersOf(name, with, app.Key, question)
        where users.Length > 0
        from other in last
        where (question.CredentialName is null || question.CredentialName == other) && !with.Any(run => run.Evidence.Credentials.ContainsKey(other))
        select $"{app.Key} had {name}, used by {string.Join(", ", users)}, and has {other} now. If that is the same secret, say --renamed {name}={other}; if a user is gone, --retired-consumer {app.Key}/{users[0]}.";

    private static string[] UsersOf(string name, Presence[] runs, string app, FleetQuestion question) =>
    [
        .. runs.SelectMany(run => run.Evidence.Credentials[name].Uses)
            .Where(use => use.Uses > 0 && !question.IsRetired(app, use.Consumer))
            .Select(use => use.Consumer)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal),
    ];
}
