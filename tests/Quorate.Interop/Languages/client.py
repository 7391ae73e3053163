"""What a user of python3-etcd3 does, step by step. Prints one line a step; an assertion that fails ends it."""
import sys
import threading

import etcd3

host, port = sys.argv[1].rsplit(":", 1)
client = etcd3.client(host=host, port=int(port), timeout=20)
PREFIX = "py/"


def step(name):
    print("ok", name, flush=True)


def keys():
    client.put(PREFIX + "a", "1")
    value, meta = client.get(PREFIX + "a")
    assert value == b"1" and meta.version == 1, (value, meta.version)
    assert client.get(PREFIX + "none") == (None, None)
    client.put(PREFIX + "b", "2")
    assert [v for v, _ in client.get_prefix(PREFIX)] == [b"1", b"2"]
    assert [m.key for _, m in client.get_prefix(PREFIX, sort_order="descend")] == [b"py/b", b"py/a"]
    assert client.put_if_not_exists(PREFIX + "a", "x") is False
    assert client.replace(PREFIX + "a", "1", "3") is True
    assert client.replace(PREFIX + "a", "1", "4") is False
    assert client.delete(PREFIX + "a") is True
    assert client.delete(PREFIX + "a") is False
    assert client.delete_prefix(PREFIX).deleted == 1
    step("keys")


def transactions():
    client.put(PREFIX + "t", "1")
    done, answers = client.transaction(
        compare=[client.transactions.value(PREFIX + "t") == "1", client.transactions.version(PREFIX + "t") > 0],
        success=[client.transactions.put(PREFIX + "t", "2"), client.transactions.get(PREFIX + "t")],
        failure=[client.transactions.delete(PREFIX + "t")])
    assert done and answers[1][0][0] == b"2", (done, answers)
    done, _ = client.transaction(
        compare=[client.transactions.mod(PREFIX + "t") == 1],
        success=[],
        failure=[client.transactions.delete(PREFIX + "t")])
    assert not done and client.get(PREFIX + "t") == (None, None)
    step("transactions")


def leases():
    lease = client.lease(30)
    client.put(PREFIX + "l", "1", lease=lease)
    assert 0 < lease.remaining_ttl <= 30 and lease.granted_ttl == 30
    assert list(lease.keys) == [b"py/l"]
    assert [answer.TTL for answer in lease.refresh()] == [30]
    lease.revoke()
    assert client.get(PREFIX + "l") == (None, None)
    try:
        client.put(PREFIX + "l", "1", lease=lease)
        raise SystemExit("a put with a lease that was revoked must fail")
    except Exception as error:  # The library hands the call's error out as it is.
        assert "requested lease not found" in str(error), error
    step("leases")


def watches():
    seen, done = [], threading.Event()

    def on(response):
        seen.extend(response.events)
        if len(seen) >= 3:
            done.set()

    watch = client.add_watch_prefix_callback(PREFIX + "w/", on)
    client.put(PREFIX + "w/a", "1")
    client.put(PREFIX + "w/a", "2")
    client.delete(PREFIX + "w/a")
    assert done.wait(20), seen
    client.cancel_watch(watch)
    assert [type(e).__name__ for e in seen] == ["PutEvent", "PutEvent", "DeleteEvent"], seen
    assert [e.value for e in seen[:2]] == [b"1", b"2"]
    # From a revision that is past: what happened since comes first.
    events, cancel = client.watch(PREFIX + "w/a", start_revision=seen[0].mod_revision)
    assert next(events).value == b"1"
    cancel()
    step("watches")


def locks():
    first = client.lock("py-lock", ttl=20)
    second = etcd3.client(host=host, port=int(port), timeout=20).lock("py-lock", ttl=20)
    assert first.acquire(timeout=10) and first.is_acquired()
    # Waiting for a lock does not work in Debian's build of the library (an argument of tenacity's), so that it is only tried here.
    assert client.get(first.key)[0] == first.uuid
    assert first.release() and second.acquire(timeout=10)
    assert second.release()
    step("locks")


def maintenance():
    assert len(list(client.members)) == 3
    status = client.status()
    assert status.version.startswith("3.") and status.leader is not None
    revision = client.get_response(PREFIX + "none").header.revision
    client.compact(revision)
    client.defragment()
    assert client.hash() > 0
    assert list(client.list_alarms()) == []
    with open(sys.argv[2], "wb") as file:
        client.snapshot(file)
    step("maintenance")


for part in (keys, transactions, leases, watches, locks, maintenance):
    part()
print("done", flush=True)
