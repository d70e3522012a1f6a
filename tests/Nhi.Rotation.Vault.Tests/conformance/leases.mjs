// Drives the server of leases with somebody else's client. Prints "conformant", or what is not.
import assert from 'node:assert/strict';
import vaultOf from 'node-vault';

const [, , endpoint, token] = process.argv;
const vault = vaultOf({ apiVersion: 'v1', endpoint, token });

const lease = await vault.read('database/creds/app');
assert.match(lease.lease_id, /^database\/creds\/app\//);
assert.equal(lease.lease_duration, 3600);
assert.equal(lease.renewable, true);
assert.deepEqual(lease.data, { username: 'v-app-1', password: 'one' });

const known = await vault.write('sys/leases/lookup', { lease_id: lease.lease_id });
assert.ok(known.data.ttl > 0);
const renewed = await vault.write('sys/leases/renew', { lease_id: lease.lease_id, increment: 1800 });
assert.equal(renewed.lease_id, lease.lease_id);
assert.equal(renewed.lease_duration, 1800);
const capped = await vault.write('sys/leases/renew', { lease_id: lease.lease_id, increment: 7200 });
assert.ok(capped.lease_duration < 5401);

await vault.write('sys/leases/revoke', { lease_id: lease.lease_id, sync: true });
await vault.write('sys/leases/revoke', { lease_id: lease.lease_id, sync: true });
await assert.rejects(vault.write('sys/leases/renew', { lease_id: lease.lease_id }), (error) => error.response.statusCode === 400);
await assert.rejects(vault.write('sys/leases/lookup', { lease_id: lease.lease_id }), (error) => error.response.statusCode === 400);
await assert.rejects(vault.read('database/creds/nobody'), (error) => error.response.statusCode === 400);

const user = await vault.read('aws/creds/iam-user');
assert.match(user.lease_id, /^aws\/creds\/iam-user\//);
assert.deepEqual(user.data, { access_key: 'AKID1', secret_key: 'secret/1', security_token: null });
const session = await vault.read('aws/creds/assumed-role');
assert.equal(session.data.security_token, 'session-1');
await vault.write('sys/leases/revoke', { lease_id: user.lease_id, sync: true });
await assert.rejects(vault.write('sys/leases/lookup', { lease_id: user.lease_id }), (error) => error.response.statusCode === 400);

const stranger = vaultOf({ apiVersion: 'v1', endpoint, token: 'wrong' });
await assert.rejects(stranger.read('database/creds/app'), (error) => error.response.statusCode === 403);
console.log('conformant');
