using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Nhi.Rotation.Tests.Leaks;

/// <summary>The other tests of this folder prove nothing if a leak would not be found, so each form and each way out leaks here on purpose.</summary>
[Collection(LeakCollection.Name)]
public sealed class DetectorTests
{
    private readonly Output _output = new();

    [Fact]
    public void Every_form_of_every_canary_is_found()
    {
        var forms = Canary.All.SelectMany(static canary => canary.Forms.Select(form => (canary, form.Form, form.Sample))).ToList();

        Assert.All(forms, static form =>
        {
            var output = new Output();
            output.Add("here", $"... {form.Sample} ...");
            Assert.Contains(output.FindLeaks(form.canary), leak => leak.StartsWith($"here: {form.Form} in", StringComparison.Ordinal));
        });
        Assert.True(forms.Count > 100, $"only {forms.Count} samples");
    }

    public static TheoryData<string, string> Encodings => new()
    {
        { "text", Canary.Plain.Text },
        { "URL", $"https://x/?key={Uri.EscapeDataString(Canary.Plain.Text)}&a=1" },
        { "form", WebUtility.UrlEncode(Canary.Plain.Text) },
        { "JSON", JsonSerializer.Serialize(new { key = Canary.Plain.Text }) },
        { "the JSON value", Canary.Json },
        { "JSON within JSON", JsonSerializer.Serialize(Canary.Json) },
        { "HTML", WebUtility.HtmlEncode($"<b>{Canary.Plain.Text}</b>") },
        { "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Canary.Plain.Text}")) },
        { "Basic, one byte on", Convert.ToBase64String(Encoding.UTF8.GetBytes($"users:{Canary.Plain.Text}")) },
        { "Basic, two bytes on", Convert.ToBase64String(Encoding.UTF8.GetBytes($"user12:{Canary.Plain.Text}")) },
        { "base64 of JSON", Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary.Json)) },
        { "UTF-16", Output.TextOf(Encoding.Unicode.GetBytes(Canary.Plain.Text))! },
        { "binary", JsonSerializer.Serialize(Canary.Binary.Bytes) },
        { "binary in hex", BitConverter.ToString(Canary.Binary.Bytes) },
        { "binary as a list", JsonSerializer.Serialize(Canary.Binary.Bytes.Select(static b => (int)b)) },
        { "a half", Canary.Plain.Text[^15..] },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void What_frameworks_make_of_a_value_is_found(string name, string text)
    {
        _output.Add(name, text);

        Assert.NotEmpty(_output.FindLeaks(Canary.All));
    }

    public static TheoryData<string> Doubles => [.. Leaky.Keys];

    private static Dictionary<string, object> Leaky => new()
    {
        ["generated ToString"] = new LeakyDouble.GeneratedToString(Canary.Plain.Text),
        ["private field"] = new LeakyDouble.PrivateField(Canary.Plain.Text),
        ["private bytes"] = new LeakyDouble.PrivateBytes(Canary.Binary.Bytes),
        ["closure"] = Capture(Canary.Plain.Text),
        ["nested"] = new LeakyDouble.Nested(new Dictionary<string, object> { ["a"] = new LeakyDouble.PrivateField(Canary.Plain.Text) }),
        ["weak reference"] = new LeakyDouble.Nested(new WeakReference<LeakyDouble.PrivateBytes>(Kept)),
        ["DebuggerDisplay"] = new LeakyDouble.Display(Canary.Plain.Text),
        ["a property that throws"] = new LeakyDouble.Throwing(Canary.Plain.Text),
    };

    private static LeakyDouble.PrivateBytes Kept { get; } = new(Canary.Binary.Bytes);

    [Theory]
    [MemberData(nameof(Doubles))]
    public void A_type_that_shows_a_value_is_found(string kind)
    {
        DebuggerWalk.Open(_output, Leaky[kind]);

        Assert.NotEmpty(_output.FindLeaks(Canary.All));
    }

    [Fact]
    public void A_type_that_hides_its_value_is_not_accused()
    {
        DebuggerWalk.Open(_output, new LeakyDouble.Hidden(Canary.Plain.Text));

        Assert.Empty(_output.FindLeaks(Canary.All));
        Assert.Contains(_output.Lines, static line => line.Where.EndsWith(".Length", StringComparison.Ordinal));
    }

    [Fact]
    public void A_leak_through_an_exception_is_found_wherever_it_is()
    {
        Exception[] leaky =
        [
            new InvalidOperationException(Canary.Plain.Text),
            new InvalidOperationException("x", new IOException(Canary.Plain.Text)),
            new AggregateException(new InvalidOperationException(), new IOException(Canary.Plain.Text)),
            new InvalidOperationException { Data = { ["body"] = Canary.Binary.Bytes } },
        ];

        Assert.All(leaky, static error =>
        {
            var output = new Output();
            output.Add("thrown", error);
            Assert.NotEmpty(output.FindLeaks(Canary.All));
        });
    }

    [Fact]
    public void A_leak_through_a_log_is_found_in_message_state_scope_and_exception()
    {
        var log = new FakeLogger();
        Action[] leaky =
        [
            () => log.LogTrace("{Value}", Canary.Plain.Text),
            () => log.LogError(new IOException(Canary.Plain.Text), "x"),
            () => LogInScope(log),
        ];

        Assert.All(leaky, leak =>
        {
            leak();
            var output = new Output();
            output.Add("here", log.Collector);
            Assert.NotEmpty(output.FindLeaks(Canary.All));
        });
    }

    [Fact]
    public void A_leak_through_a_metric_a_trace_or_an_event_is_found()
    {
        using var meter = new Meter("Nhi.Leaky");
        using var activities = new ActivitySource("Nhi.Leaky");
        using var events = new EventSource("Nhi-Leaky");
        using var ears = new Ears(_output);
        meter.CreateCounter<long>("leaky").Add(1, new KeyValuePair<string, object?>("value", Canary.Plain.Text));
        activities.StartActivity("leaky")!.SetTag("value", Canary.Newer.Text).Dispose();
        events.Write("leaky", new { Value = Canary.Password.Text });
        ears.Collect();

        var leaks = _output.FindLeaks(Canary.All);
        Assert.All(["metric leaky", "exported metric leaky", "activity Nhi.Leaky/leaky", "event Nhi-Leaky/leaky"], place => Assert.Contains(leaks, leak => leak.StartsWith(place, StringComparison.Ordinal)));
    }

    private static LeakyDouble.Closure Capture(string value) => new(() => value);

    private static void LogInScope(FakeLogger log)
    {
        using (log.BeginScope(new Dictionary<string, object> { ["value"] = Canary.Plain.Text }))
        {
            log.LogTrace("x");
        }
    }
}
