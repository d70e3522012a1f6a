using System.Text;
using System.Text.Json;

namespace Nhi.Rotation.AspNetCore.Tests.Webhooks;

public sealed class LeakTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Stripe")]
    [InlineData("Standard Webhooks")]
    public async Task Neither_a_secret_nor_a_body_is_in_any_answer_log_or_text(string preset)
    {
        var secrets = Enumerable.Range(1, 3).Select(number => Convert.ToBase64String(Encoding.UTF8.GetBytes($"CANARY-secret-number-{number}"))).ToArray();
        const string Body = "CANARY-body";
        await using var app = await WebhookApp.StartAsync(Signed.Scheme(preset), secrets[0]);
        await app.RotateAsync(secrets[1]);
        await app.RotateAsync(secrets[2]);
        await app.DisableAsync("v1");
        var output = new StringBuilder();

        foreach (var (name, value) in secrets.Select(secret => (secret, preset == "Stripe" ? secret : "whsec_" + secret)))
        {
            foreach (var body in new[] { Body + name[^8..], "other" })
            {
                using var response = await app.PostAsync(new StringContent(body), Signed.Headers(preset, Body + name[^8..], app.Time.GetUtcNow(), value));
                output.AppendLine(response.ToString()).AppendLine(await response.Content.ReadAsStringAsync(Ct));
            }
        }

        using var sent = await app.Sender.PostAsync(new Uri(app.Client.BaseAddress!, WebhookApp.Route), new StringContent(Body + "ours"), Ct);
        output.AppendLine(sent.ToString()).AppendLine(sent.RequestMessage!.ToString());
        output.AppendLine(JsonSerializer.Serialize(app.Messages.Select(message => message.Webhook))).AppendLine(string.Join(' ', app.Messages.Select(message => message.Webhook)));
        foreach (var record in app.Log.GetSnapshot())
        {
            output.AppendLine(record.Message).AppendLine(string.Join(' ', record.StructuredState ?? [])).AppendLine(record.Exception?.ToString());
        }

        Assert.Equal(3, app.Messages.Count);
        var said = output.ToString();
        Assert.Contains("Previous", said, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", said, StringComparison.Ordinal);
        Assert.DoesNotContain(secrets, secret => said.Contains(secret[..16], StringComparison.Ordinal) || said.Contains(secret[^16..], StringComparison.Ordinal));
    }
}
