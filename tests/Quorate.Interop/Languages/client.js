// What a user of npm's etcd3 does, step by step. Prints one line a step; an assertion that fails ends it.
'use strict';
const assert = require('assert/strict');
const { Etcd3, STM_PLACEHOLDER, EtcdLeaseInvalidError, EtcdLockFailedError, SingleRangeBuilder } = require('etcd3');

const hosts = process.argv[2].split(',').map(h => `http://${h}`);
const client = new Etcd3({ hosts, defaultCallOptions: () => ({ deadline: Date.now() + 20_000 }) });
const space = client.namespace('js/');
const step = name => console.log('ok', name);
const once = (emitter, event) => new Promise(resolve => emitter.once(event, resolve));

async function keys() {
  await space.delete().all();
  await space.put('a').value('1');
  assert.equal(await space.get('a').string(), '1');
  assert.equal(await client.get('js/a').number(), 1);
  assert.equal(await space.get('none').string(), null);
  await space.put('b').value('2');
  assert.deepEqual(await space.getAll().prefix('').strings(), { a: '1', b: '2' });
  assert.deepEqual(await space.getAll().prefix('').sort('Key', 'Descend').keys(), ['b', 'a']);
  assert.deepEqual(await space.getAll().prefix('').limit(1).keys(), ['a']);
  assert.equal(await space.getAll().prefix('').count(), 2);
  assert.equal((await space.delete().all()).deleted, '2');
  step('keys');
}

async function transactions() {
  await space.put('t').value('1');
  const won = await space.if('t', 'Value', '==', '1').then(space.put('t').value('2')).else(space.get('t')).commit();
  assert.equal(won.succeeded, true);
  const lost = await space.if('t', 'Version', '==', 0).then(space.put('t').value('3')).else(space.get('t')).commit();
  assert.equal(lost.succeeded, false);
  assert.equal(lost.responses[0].response_range.kvs[0].value.toString(), '2');
  await Promise.all([...Array(5)].map(() => space.stm({ retries: 50 }).transact(async tx => {
    const value = await tx.get('sum').number() ?? 0;
    await tx.put('sum').value(value + 1);
  })));
  assert.equal(await space.get('sum').number(), 5);
  step('transactions');
}

async function leases() {
  const lease = space.lease(10);
  await lease.put('l').value('1');
  await lease.keepaliveOnce();
  assert.equal(await space.get('l').string(), '1');
  const id = await lease.grant();
  await lease.revoke();
  assert.equal(await space.get('l').string(), null);
  await assert.rejects(client.put('js/l').value('1').lease(id).exec(), EtcdLeaseInvalidError);
  step('leases');
}

async function watches() {
  const watcher = await space.watch().prefix('w/').create();
  const seen = [];
  const all = new Promise(resolve => watcher.on('data', answer => {
    seen.push(...answer.events.map(e => `${e.type} ${e.kv.key} ${e.kv.value}`));
    if (seen.length >= 3) resolve();
  }));
  await space.put('w/a').value('1');
  await space.put('w/a').value('2');
  await space.delete().key('w/a');
  await all;
  assert.deepEqual(seen, ['Put w/a 1', 'Put w/a 2', 'Delete w/a ']);
  await watcher.cancel();
  step('watches');
}

async function locks() {
  const first = await space.lock('lock').acquire();
  await assert.rejects(space.lock('lock').acquire(), EtcdLockFailedError);
  await first.release();
  assert.equal(await space.lock('lock').do(async () => 'in'), 'in');
  step('locks');
}

async function elections() {
  const election = space.election('election', 10);
  const campaign = election.campaign('me');
  await once(campaign, 'elected');
  assert.equal(await election.leader(), 'me');
  const observer = await election.observe();
  await campaign.proclaim('still me');
  while (observer.leader() !== 'still me') await once(observer, 'change');
  await observer.cancel();
  await campaign.resign();
  assert.equal(await election.leader(), undefined);
  step('elections');
}

async function maintenance() {
  assert.equal((await client.cluster.memberList({})).members.length, 3);
  const status = await client.maintenance.status();
  assert.match(status.version, /^3\./);
  await client.kv.compact({ revision: status.header.revision });
  await assert.rejects(client.getAll().prefix('js/').revision(1).exec(), /required revision has been compacted/);
  step('maintenance');
}

(async () => {
  for (const part of [keys, transactions, leases, watches, locks, elections, maintenance]) await part();
  client.close();
  console.log('done');
})().catch(error => {
  console.error(error);
  process.exit(1);
});
