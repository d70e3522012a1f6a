namespace Nhi.Rotation.Cli.Manners;

/// <summary>How each command is used. A test runs the command line of each through the parser.</summary>
internal static class Examples
{
    /// <summary>The examples of a command, a line each.</summary>
    public static IReadOnlyList<string> Of(string command) => command switch
    {
        "verify" =>
        [
            "nhi-rotation verify /var/lib/app/evidence --credential stripe --old-version 2026-01-key && ./revoke-old-key.sh",
            "kubectl get pods --all-namespaces -o name | nhi-rotation verify evidence --alive -",
            "kubectl logs -l app=orders --tail=-1 | nhi-rotation verify -",
            "nhi-rotation verify evidence --format json > verdict.json",
        ],
        "wait" =>
        [
            "nhi-rotation wait evidence --credential stripe --timeout 6h && ./revoke-old-key.sh",
            "nhi-rotation wait --prometheus https://prometheus.example/ --credential stripe --bearer-token-file token",
        ],
        "report" =>
        [
            "nhi-rotation report evidence --credential stripe --old-version 2026-01-key --output stripe.html",
            "nhi-rotation report evidence --credential stripe --output stripe.html --sign key.pem",
        ],
        "verify-report" => ["nhi-rotation verify-report stripe.html --key key.pub --credential stripe --old-version 2026-01-key"],
        "inventory" =>
        [
            "nhi-rotation inventory evidence",
            "nhi-rotation inventory evidence --format html --output inventory.html",
            "nhi-rotation inventory evidence --require-owner --max-age 90d --expires-within 14d",
        ],
        "who" => ["nhi-rotation who evidence --credential stripe"],
        "fingerprint" => ["pass show stripe/old | nhi-rotation fingerprint --key-file key"],
        "revoke" => ["pass show stripe/old | nhi-rotation revoke --list revoked.json --credential stripe --key-file key --why leaked"],
        "hunt" => ["nhi-rotation hunt --value-file old --all", "git log -p --all | nhi-rotation hunt --value-file old --stream"],
        "completions" => ["source <(nhi-rotation completions bash)", "nhi-rotation completions fish > completions.fish"],
        _ => [],
    };
}
