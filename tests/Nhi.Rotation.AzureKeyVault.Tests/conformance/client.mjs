// Drives the test server with the official JavaScript client: what it sends and expects must not be what only one SDK does.
import assert from "node:assert/strict";
import { SecretClient } from "@azure/keyvault-secrets";

const [vaultUrl, clientId, clientSecret] = process.argv.slice(2);

const credential = {
  async getToken(scopes, options) {
    const response = await fetch(`${vaultUrl}/${options.tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        scope: Array.isArray(scopes) ? scopes[0] : scopes,
      }),
    });
    assert.equal(response.status, 200);
    const body = await response.json();
    return { token: body.access_token, expiresOnTimestamp: Date.now() + body.expires_in * 1000 };
  },
};

// The name of the vault is localhost here, which the client would otherwise refuse for the resource of the challenge.
await assert.rejects(new SecretClient(vaultUrl, credential).getSecret("a"), /challenge resource/i);
const client = new SecretClient(vaultUrl, credential, { disableChallengeResourceVerification: true });

await assert.rejects(client.getSecret("a"), { statusCode: 404, code: "SecretNotFound" });
assert.equal((await client.listPropertiesOfSecretVersions("a").next()).done, true);

const notBefore = new Date(1_900_000_000_000);
const expiresOn = new Date(2_000_000_000_000);
const first = await client.setSecret("a", "value 0", { tags: { owner: "payments" }, contentType: "text/plain", notBefore, expiresOn });
for (let i = 1; i < 30; i++) {
  await client.setSecret("a", `value ${i}`);
}

const got = await client.getSecret("a", { version: first.properties.version });
assert.equal(got.value, "value 0");
assert.deepEqual(got.properties.tags, { owner: "payments" });
assert.deepEqual([got.properties.contentType, got.properties.notBefore, got.properties.expiresOn], ["text/plain", notBefore, expiresOn]);
assert.equal(got.properties.enabled, true);
assert.equal((await client.getSecret("a")).value, "value 29");

const pages = [];
const versions = new Set();
for await (const page of client.listPropertiesOfSecretVersions("a").byPage()) {
  pages.push(page.length);
  page.forEach((version) => versions.add(version.version));
}
assert.deepEqual(pages, [25, 5]);
assert.equal(versions.size, 30);

await client.updateSecretProperties("a", first.properties.version, { enabled: false });
await assert.rejects(client.getSecret("a", { version: first.properties.version }), { statusCode: 403, code: "Forbidden" });

// Throttled once by the server; the client waits as told and asks again.
const names = [];
for await (const secret of client.listPropertiesOfSecrets()) {
  names.push(secret.name);
}
assert.deepEqual(names, ["a"]);

await (await client.beginDeleteSecret("a", { intervalInMs: 10 })).pollUntilDone();
await assert.rejects(client.setSecret("a", "v"), { statusCode: 409, code: "Conflict" });
assert.equal((await client.getDeletedSecret("a")).name, "a");
await (await client.beginRecoverDeletedSecret("a", { intervalInMs: 10 })).pollUntilDone();
assert.equal((await client.getSecret("a")).value, "value 29");
await (await client.beginDeleteSecret("a", { intervalInMs: 10 })).pollUntilDone();
await client.purgeDeletedSecret("a");

console.log("conformant");
