// Drives the test agent with somebody else's gRPC and X.509: gRPC for Node, with messages as the package's contract has them. Prints "conformant", or what is not.
import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [, , endpoint, contract] = process.argv;
const { SpiffeWorkloadAPI } = grpc.loadPackageDefinition(loader.loadSync(contract, { keepCase: true, defaults: true }));
const client = new SpiffeWorkloadAPI(endpoint, grpc.credentials.createInsecure());

const headerOf = (value) => {
  const header = new grpc.Metadata();
  if (value) {
    header.set('workload.spiffe.io', value);
  }

  return header;
};
const first = (method, header, request = {}) => new Promise((resolve, reject) => {
  const stream = client[method](request, headerOf(header));
  stream.once('data', (message) => {
    resolve(message);
    stream.cancel();
  });
  stream.on('error', reject);
});

// The endpoint's standard, section 6.
for (const wrong of [undefined, 'TRUE', 'false']) {
  await assert.rejects(first('FetchX509SVID', wrong), (error) => error.code === grpc.status.INVALID_ARGUMENT);
}

const message = await first('FetchX509SVID', 'true');
assert.deepEqual(message.svids.map((svid) => svid.hint), ['', 'internal']);
assert.deepEqual(Object.keys(message.federated_bundles), ['spiffe://partner.example']);
for (const svid of message.svids) {
  const leaf = new X509Certificate(svid.x509_svid);
  const root = new X509Certificate(svid.bundle);
  assert.equal(leaf.subjectAltName, `URI:${svid.spiffe_id}`);
  assert.equal(root.subjectAltName, 'URI:spiffe://example.org');
  assert.equal(leaf.ca, false);
  assert.equal(root.ca, true);
  assert.ok(leaf.verify(root.publicKey));
  assert.ok(leaf.checkPrivateKey(createPrivateKey({ key: svid.x509_svid_key, format: 'der', type: 'pkcs8' })));
}

client.close();
console.log('conformant');
