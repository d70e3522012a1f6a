namespace Nhi.Rotation.AspNetCore;

/// <summary>What becomes of a message that was accepted before and comes again, because its sender did not hear of it or because somebody recorded it.</summary>
public enum WebhookRepeat
{
    /// <summary>It is answered with 200 and the endpoint does not run. While the first one still runs the answer is 409, for nobody knows yet what becomes of it.</summary>
    Acknowledge = 0,

    /// <summary>It is answered with 409, and the endpoint does not run.</summary>
    Refuse = 1,

    /// <summary>The endpoint runs again, and <see cref="VerifiedWebhook.IsRepeat"/> tells it. Whoever recorded a message can then have it run as often as they like until it is out of time.</summary>
    RunAgain = 2,
}
