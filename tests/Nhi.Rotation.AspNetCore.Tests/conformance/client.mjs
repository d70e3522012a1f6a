// The vendors' own libraries on both sides: they sign messages for our endpoints, and verify what we have signed.
import assert from "node:assert/strict";
import { sign, verify } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";

const [address, rawSecret, standardSecret, messages] = process.argv.slice(2);
const stripe = new Stripe("sk_test_unused");
const body = JSON.stringify({ type: "invoice.paid", text: "Grüße, 世界" });
const now = Math.floor(Date.now() / 1000);

async function post(path, headers, payload = body) {
  const response = await fetch(`${address}${path}`, { method: "POST", headers, body: payload });
  return response.status;
}

// They sign, we verify.
const github = await sign(rawSecret, body);
assert.equal(await post("/github", { "X-Hub-Signature-256": github }), 200);
assert.equal(await post("/github", { "X-Hub-Signature-256": github }, body + " "), 401);
const header = stripe.webhooks.generateTestHeaderString({ payload: body, secret: rawSecret });
assert.equal(await post("/stripe", { "Stripe-Signature": header }), 200);
assert.equal(await post("/stripe", { "Stripe-Signature": stripe.webhooks.generateTestHeaderString({ payload: body, secret: "other" }) }), 401);
const standard = new Webhook(standardSecret);
const date = new Date(now * 1000);
const headers = { "webhook-id": "msg_1", "webhook-timestamp": `${now}`, "webhook-signature": standard.sign("msg_1", date, body) };
assert.equal(await post("/standard", headers), 200);
assert.equal(await post("/standard", { ...headers, "webhook-id": "msg_2" }), 401);

// We signed, they verify.
for (const message of JSON.parse(messages)) {
  const lower = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (message.scheme === "GitHub") {
    assert.equal(await verify(rawSecret, message.body, lower["x-hub-signature-256"]), true);
    assert.equal(await verify("other", message.body, lower["x-hub-signature-256"]), false);
  } else if (message.scheme === "Stripe") {
    stripe.webhooks.constructEvent(message.body, lower["stripe-signature"], rawSecret);
    assert.throws(() => stripe.webhooks.constructEvent(message.body, lower["stripe-signature"], "other"));
  } else {
    standard.verify(message.body, lower);
    assert.throws(() => standard.verify(message.body + " ", lower));
  }
}

console.log("conformant");
