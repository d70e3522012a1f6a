// Drives the test server with Google's own client over REST: node client.mjs HOST PORT TOKEN
import assert from 'node:assert/strict';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { OAuth2Client } from 'google-auth-library';

const [host, port, token] = process.argv.slice(2);

function clientWith(accessToken) {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: accessToken, expiry_date: Date.now() + 3600_000 });
  return new SecretManagerServiceClient({ fallback: true, protocol: 'http', apiEndpoint: host, port: Number(port), authClient, projectId: 'shop' });
}

const client = clientWith(token);
for (const parent of ['projects/shop', 'projects/shop/locations/europe-west3']) {
  const [secret] = await client.createSecret({ parent, secretId: 'key', secret: { replication: { automatic: {} }, annotations: { owner: 'payments' } } });
  assert.equal(secret.name, `${parent}/secrets/key`);
  await assert.rejects(client.createSecret({ parent, secretId: 'key', secret: { replication: { automatic: {} } } }), (error) => error.code === 6);
  // 3808858755 is the check value that the CRC catalogues give for these nine bytes.
  const [one] = await client.addSecretVersion({ parent: secret.name, payload: { data: Buffer.from('123456789'), dataCrc32c: 3808858755 } });
  const [two] = await client.addSecretVersion({ parent: secret.name, payload: { data: Buffer.from([0, 255, 1]) } });
  assert.equal(one.name, `${secret.name}/versions/1`);
  assert.equal(one.state, 'ENABLED');
  await assert.rejects(client.addSecretVersion({ parent: secret.name, payload: { data: Buffer.from('x'), dataCrc32c: 1 } }), (error) => error.code === 3);

  const [listed] = await client.listSecretVersions({ parent: secret.name });
  assert.deepEqual(listed.map((version) => version.name), [two.name, one.name], 'newest first');
  const [page] = await client.listSecretVersions({ parent: secret.name, pageSize: 1 }, { autoPaginate: false });
  assert.equal(page.length, 1);

  await client.updateSecret({ secret: { name: secret.name, versionAliases: { current: 1 } }, updateMask: { paths: ['version_aliases'] } });
  const [described] = await client.getSecret({ name: secret.name });
  assert.equal(Number(described.versionAliases.current), 1);
  assert.equal(described.annotations.owner, 'payments');
  assert.ok(described.createTime.seconds > 0);

  const [current] = await client.accessSecretVersion({ name: `${secret.name}/versions/current` });
  assert.equal(current.payload.data.toString(), '123456789');
  assert.equal(Number(current.payload.dataCrc32c), 3808858755);
  const [latest] = await client.accessSecretVersion({ name: `${secret.name}/versions/latest` });
  assert.deepEqual([...latest.payload.data], [0, 255, 1]);

  const [disabled] = await client.disableSecretVersion({ name: one.name });
  assert.equal(disabled.state, 'DISABLED');
  const [looked] = await client.getSecretVersion({ name: one.name });
  assert.equal(looked.state, 'DISABLED');
  assert.deepEqual(looked.createTime, one.createTime, 'a state changes no date');
  const [again] = await client.disableSecretVersion({ name: one.name });
  assert.equal(again.state, 'DISABLED');
  await assert.rejects(client.getSecretVersion({ name: `${secret.name}/versions/9` }), (error) => error.code === 5);
  await assert.rejects(client.disableSecretVersion({ name: `${secret.name}/versions/9` }), (error) => error.code === 5);
  await assert.rejects(client.accessSecretVersion({ name: one.name }), (error) => error.code === 9 || error.code === 3);
  await client.enableSecretVersion({ name: one.name });
  const [destroyed] = await client.destroySecretVersion({ name: two.name });
  assert.equal(destroyed.state, 'DESTROYED');
  await assert.rejects(client.disableSecretVersion({ name: two.name }), (error) => error.code === 9 || error.code === 3);
  await assert.rejects(client.accessSecretVersion({ name: `${secret.name}/versions/9` }), (error) => error.code === 5);
  await client.deleteSecret({ name: secret.name });
  await assert.rejects(client.getSecret({ name: secret.name }), (error) => error.code === 5);
}

await assert.rejects(clientWith('wrong').getSecret({ name: 'projects/shop/secrets/key' }), (error) => error.code === 16);
console.log('conformant');
process.exit(0);
