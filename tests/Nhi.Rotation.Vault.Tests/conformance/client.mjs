// Drives the test server with somebody else's client. Prints "conformant", or what is not.
import assert from 'node:assert/strict';
import vaultOf from 'node-vault';

const [, , endpoint, token] = process.argv;
const vault = vaultOf({ apiVersion: 'v1', endpoint, token });

await vault.write('secret/data/team/key', { data: { value: 'one' } });
const second = await vault.write('secret/data/team/key', { data: { value: 'two' } });
assert.equal(second.data.version, 2);

const newest = await vault.read('secret/data/team/key');
assert.deepEqual(newest.data.data, { value: 'two' });
assert.equal(newest.data.metadata.version, 2);
const first = await vault.read('secret/data/team/key?version=1');
assert.deepEqual(first.data.data, { value: 'one' });

await vault.write('secret/metadata/team/key', { custom_metadata: { owner: 'payments' } });
const metadata = await vault.read('secret/metadata/team/key');
assert.equal(metadata.data.current_version, 2);
assert.deepEqual(Object.keys(metadata.data.versions), ['1', '2']);
assert.equal(metadata.data.custom_metadata.owner, 'payments');
assert.equal(metadata.data.versions['1'].destroyed, false);

await vault.write('secret/delete/team/key', { versions: [1] });
await vault.write('secret/destroy/team/key', { versions: [2] });
const gone = await vault.read('secret/metadata/team/key');
assert.notEqual(gone.data.versions['1'].deletion_time, '');
assert.equal(gone.data.versions['2'].destroyed, true);
await assert.rejects(vault.read('secret/data/team/key'), (error) => error.response.statusCode === 404);
await assert.rejects(vault.read('secret/data/none'), (error) => error.response.statusCode === 404);

await vault.write('kv/team/key', { value: 'one' });
assert.deepEqual((await vault.read('kv/team/key')).data, { value: 'one' });
await vault.delete('kv/team/key');
await assert.rejects(vault.read('kv/team/key'), (error) => error.response.statusCode === 404);

const stranger = vaultOf({ apiVersion: 'v1', endpoint, token: 'wrong' });
await assert.rejects(stranger.read('secret/data/team/key'), (error) => error.response.statusCode === 403);
console.log('conformant');
