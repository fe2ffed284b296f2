// SPDX-License-Identifier: Apache-2.0
// peer.js PROGRAM - RFC 9180 and our envelope done again with the npm package @hpke/core and
// WebCrypto, against hpke_peer.c, both ways. NODE_PATH says where the package is.
'use strict';
const { spawn } = require('child_process');
const assert = require('assert');
const readline = require('readline');
const { webcrypto, createHash, randomBytes } = require('crypto');
const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = require('@hpke/core');

const subtle = webcrypto.subtle;
const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm(),
});
const child = spawn(process.argv[2], [], { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();

const hex = (b) => Buffer.from(b).toString('hex') || '-';
const text = (s) => Buffer.from(s, 'utf8');
const exact = (b) => new Uint8Array(b).buffer;
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

async function ask(word, ...args) {
  child.stdin.write([word, ...args.map(hex)].join(' ') + '\n');
  const { value, done } = await lines.next();
  assert(!done, 'our program ended');
  if (value.endsWith('error')) return null;
  return value.trim().split(' ').filter((f) => f).map((f) => Buffer.from(f === '-' ? '' : f, 'hex'));
}

const b64 = (b) => Buffer.from(b).toString('base64url');
function ecdsa(point, secret) {
  const jwk = { kty: 'EC', crv: 'P-256', x: b64(point.subarray(1, 33)), y: b64(point.subarray(33)) };
  if (secret) jwk.d = b64(secret);
  return subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false,
    [secret ? 'sign' : 'verify']);
}
const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
const sign = async (key, b) => Buffer.from(await subtle.sign(algorithm, key, b));
const verify = (key, signature, b) => subtle.verify(algorithm, key, signature, b);

async function hpke() {
  const pair = await suite.kem.generateKeyPair();
  const point = Buffer.from(await suite.kem.serializePublicKey(pair.publicKey));
  const secret = Buffer.from(await suite.kem.serializePrivateKey(pair.privateKey));
  for (const plain of [text(''), text('a message'), randomBytes(3000)]) {
    const info = randomBytes(plain.length % 100), aad = randomBytes(7), context = text('context');

    const [enc, one, two, out] = await ask('send', point, info, aad, plain, context);
    const r = await suite.createRecipientContext({ recipientKey: pair.privateKey, enc: exact(enc), info: exact(info) });
    for (const sealed of [one, two])
      assert.deepStrictEqual(Buffer.from(await r.open(exact(sealed), exact(aad))), plain);
    assert.deepStrictEqual(Buffer.from(await r.export(exact(context), 44)), out);

    const s = await suite.createSenderContext({ recipientPublicKey: pair.publicKey, info: exact(info) });
    const sealed = [];
    for (let i = 0; i < 2; i++) sealed.push(Buffer.from(await s.seal(exact(plain), exact(aad))));
    const got = await ask('receive', secret, Buffer.from(s.enc), info, aad, ...sealed, context);
    assert.deepStrictEqual(got[0], plain);
    assert.deepStrictEqual(got[1], plain);
    assert.deepStrictEqual(got[2], Buffer.from(await s.export(exact(context), 44)));
    sealed[1][0] ^= 1;
    assert.strictEqual(await ask('receive', secret, Buffer.from(s.enc), info, aad, ...sealed, context), null);
  }
}

async function signatures(secret, point) {
  const ours = await ecdsa(point), own = await ecdsa(point, secret);
  for (const t of [text(''), text('a text'), randomBytes(5000)]) {
    const [made] = await ask('sign', secret, t);
    assert(await verify(ours, made, t));
    const theirs = await sign(own, t);
    assert.deepStrictEqual(await ask('verify', point, t, theirs), [Buffer.from([1])]);
    theirs[40] ^= 1;
    assert.strictEqual(await ask('verify', point, t, theirs), null);
    assert(!(await verify(ours, made, Buffer.concat([t, text('.')]))));
  }
}

// docs/protocol/queue-envelope.md, read again.
function takeApart(m) {
  assert.strictEqual(m.toString('latin1', 0, 4), 'CSQM');
  const head = m.subarray(8, 8 + m.readUInt32LE(4));
  const sid = (at) => head.subarray(at, at + 8 + 4 * head[at + 1]);
  const sender = sid(164), recipient = sid(164 + sender.length);
  const host = 164 + sender.length + recipient.length;
  const alone = head[7] & 2, bodyLength = Number(head.readBigUInt64LE(96));
  let at = 8 + head.length;
  const next = (n) => m.subarray(at, (at += n));
  const p = { head, level: head[2], sender, recipient, agreement: next(145) };
  p.hostText = head.subarray(host, host + 2 + head.readUInt16LE(host));
  p.signature = alone ? next(64) : null;
  p.body = next(bodyLength);
  p.tag = next(16);
  assert.strictEqual(at, m.length);
  return p;
}

const infoOf = (p, times) => Buffer.concat([text('countersign queue agreement 1\0'), p.sender, p.recipient,
  p.head.subarray(40, 56), p.head.subarray(56, 72), times, p.hostText]);
const signedOf = (enc, info) =>
  Buffer.concat([text('countersign queue agreement signature 1\0'), enc, info]);
const aloneOf = (p) => Buffer.concat([text('countersign queue message signature 1\0'),
  sha256(p.head, p.agreement, p.body, p.tag)]);

async function keyOf(context, head) {
  const out = Buffer.from(await context.export(
    exact(Buffer.concat([text('countersign queue message 1\0'), sha256(head)])), 44));
  const key = await subtle.importKey('raw', out.subarray(0, 32), 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { key, iv: out.subarray(32) };
}

async function openMessage(m, alice, server) {
  const p = takeApart(m);
  const enc = p.agreement.subarray(0, 65), info = infoOf(p, p.agreement.subarray(65, 81));
  assert(await verify(alice, p.agreement.subarray(81), signedOf(enc, info)));
  if (p.signature) assert(await verify(alice, p.signature, aloneOf(p)));
  const context = await suite.createRecipientContext({ recipientKey: server, enc: exact(enc), info: exact(info) });
  const { key, iv } = await keyOf(context, p.head);
  const hidden = p.level === 6;
  const additionalData = hidden ? p.head : Buffer.concat([p.head, p.body]);
  const sealed = hidden ? Buffer.concat([p.body, p.tag]) : p.tag;
  const plain = await subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed);
  return hidden ? Buffer.from(plain) : p.body;
}

// A message like m, with an agreement, an id and a body of our own.
async function sealMessage(m, aliceSign, serverPublic, body) {
  const p = takeApart(m);
  p.head = Buffer.from(p.head);
  randomBytes(16).copy(p.head, 8);
  p.head.writeBigUInt64LE(BigInt(body.length), 96);
  const times = Buffer.concat([p.head.subarray(72, 80), p.head.subarray(72, 80)]);
  const info = infoOf(p, times);
  const context = await suite.createSenderContext({ recipientPublicKey: serverPublic, info: exact(info) });
  const enc = Buffer.from(context.enc);
  p.agreement = Buffer.concat([enc, times, await sign(aliceSign, signedOf(enc, info))]);
  const { key, iv } = await keyOf(context, p.head);
  const hidden = p.level === 6;
  const additionalData = hidden ? p.head : Buffer.concat([p.head, body]);
  const out = Buffer.from(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, hidden ? body : text('')));
  p.body = hidden ? out.subarray(0, body.length) : body;
  p.tag = out.subarray(out.length - 16);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(p.head.length);
  const alone = p.signature ? await sign(aliceSign, aloneOf(p)) : text('');
  return Buffer.concat([text('CSQM'), length, p.head, p.agreement, alone, p.body, p.tag]);
}

async function envelopes() {
  const [aliceSecret, alicePoint, serverSecret, serverPoint] = await ask('keys');
  await signatures(aliceSecret, alicePoint);
  const alice = await ecdsa(alicePoint), aliceSign = await ecdsa(alicePoint, aliceSecret);
  const stranger = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const server = await suite.kem.deserializePrivateKey(exact(serverSecret));
  const serverPublic = await suite.kem.deserializePublicKey(exact(serverPoint));
  const body = randomBytes(1000);
  for (const [level, alone] of [[5, 0], [6, 0], [5, 1], [6, 1]]) {
    const [ours] = await ask('seal', [level], [alone], body);
    assert.deepStrictEqual(await openMessage(ours, alice, server), body);
    const theirs = await sealMessage(ours, aliceSign, serverPublic, text('theirs'));
    assert.deepStrictEqual(await ask('open', theirs), [Buffer.from([0]), text('theirs')]);
    theirs[theirs.length - 1] ^= 1;
    assert.notStrictEqual((await ask('open', theirs))[0][0], 0);
    const forged = await sealMessage(ours, stranger.privateKey, serverPublic, text('theirs'));
    assert.notStrictEqual((await ask('open', forged))[0][0], 0);
  }
}

(async () => {
  await hpke();
  await envelopes();
  child.stdin.end();
  const code = await new Promise((resolve) => child.on('exit', resolve));
  assert.strictEqual(code, 0, 'our program failed');
  console.log('HPKE, signatures and envelopes agree, both ways');
})().catch((e) => { console.error(e); process.exit(1); });
