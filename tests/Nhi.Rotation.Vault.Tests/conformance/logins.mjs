// Drives the server of logins with somebody else's client. Prints "conformant", or what is not.
import assert from 'node:assert/strict';
import vaultOf from 'node-vault';

const [, , endpoint] = process.argv;
const vault = vaultOf({ apiVersion: 'v1', endpoint });

const role = await vault.approleLogin({ role_id: 'role-1', secret_id: 'secret-id-1' });
assert.equal(vault.token, role.auth.client_token);
assert.equal(role.auth.lease_duration, 3600);
assert.equal(role.auth.renewable, true);
assert.deepEqual((await vault.read('kv/app')).data, { value: 'the-value' });
const renewed = await vault.tokenRenewSelf();
assert.equal(renewed.auth.client_token, role.auth.client_token);
assert.ok((await vault.tokenLookupSelf()).data.ttl > 0);
const fixed = await vault.read('database/static-creds/app');
assert.equal(fixed.data.username, 'app');
assert.ok(fixed.data.ttl > 0 && Date.parse(fixed.data.last_vault_rotation) > 0);
await vault.tokenRevokeSelf();
await assert.rejects(vault.tokenLookupSelf(), (error) => error.response.statusCode === 403);

const account = await vault.kubernetesLogin({ mount_point: 'kubernetes', role: 'app', jwt: 'account-token-1' });
assert.ok(account.auth.client_token);
await assert.rejects(vault.approleLogin({ role_id: 'role-1', secret_id: 'wrong' }), (error) => error.response.statusCode === 400);
await assert.rejects(vault.kubernetesLogin({ mount_point: 'kubernetes', role: 'app', jwt: 'wrong' }), (error) => error.response.statusCode === 403);
console.log('conformant');
