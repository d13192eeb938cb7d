"""A worker and a client built on the published durable-workflow package, against a Pawl server.

Arguments: base URL, token, folder of large payloads. Prints one line per chapter; the last line is "all chapters passed".
"""

import asyncio
import pathlib
import sys
import traceback
import uuid

from durable_workflow import Client, ScheduleAction, ScheduleSpec, Worker, activity, workflow
from durable_workflow.external_storage import LocalFilesystemExternalStorage
from durable_workflow.errors import (
    InvalidArgument,
    QueryFailed,
    ScheduleAlreadyExists,
    ScheduleListError,
    ScheduleNotFound,
    UpdateRejected,
    WorkflowAlreadyStarted,
    WorkflowCancelled,
    WorkflowFailed,
    WorkflowTerminated,
)

URL, TOKEN, STORE = sys.argv[1], sys.argv[2], sys.argv[3]
QUEUE = "python-" + uuid.uuid4().hex[:6]
attempts: dict[str, int] = {}


@activity.defn(name="charge")
def charge(order: str, cents: int) -> dict:
    return {"order": order, "charged": cents}


@activity.defn(name="flaky")
def flaky(key: str) -> str:
    attempts[key] = attempts.get(key, 0) + 1
    if attempts[key] < 3:
        raise RuntimeError(f"attempt {attempts[key]} fails")
    return f"done after {attempts[key]}"


@activity.defn(name="broken")
def broken() -> None:
    raise ValueError("card declined")


@workflow.defn(name="hello")
class Hello:
    def run(self, ctx, name):
        return {"hello": name}
        yield


@workflow.defn(name="order")
class Order:
    def run(self, ctx, order, cents):
        receipt = yield ctx.schedule_activity("charge", [order, cents])
        return {"receipt": receipt, "order": order}


@workflow.defn(name="timer")
class Timer:
    def run(self, ctx):
        yield ctx.start_timer(1)
        return "rang"


@workflow.defn(name="retry")
class Retry:
    def run(self, ctx, key):
        from durable_workflow import ActivityRetryPolicy

        got = yield ctx.schedule_activity(
            "flaky", [key], retry_policy=ActivityRetryPolicy(max_attempts=5, backoff_seconds=[0])
        )
        return got


@workflow.defn(name="fails")
class Fails:
    def run(self, ctx):
        yield ctx.schedule_activity("broken", [])
        return "never"


@workflow.defn(name="group")
class Group:
    def run(self, ctx, n):
        got = yield [ctx.schedule_activity("charge", [f"o{i}", i]) for i in range(n)]
        after = yield ctx.schedule_activity("charge", ["after", 99])
        return {"group": [one["charged"] for one in got], "after": after["charged"]}


@workflow.defn(name="parent")
class Parent:
    def run(self, ctx, name):
        child = yield ctx.start_child_workflow("hello", [name])
        return {"child": child}


@workflow.defn(name="counter")
class Counter:
    def run(self, ctx, n):
        yield ctx.schedule_activity("charge", ["tick", n])
        if n > 0:
            return ctx.continue_as_new(n - 1)
        return "counted down"


@workflow.defn(name="talker")
class Talker:
    def __init__(self):
        self.words = []
        self.stopped = False

    @workflow.signal("say")
    def say(self, word):
        self.words.append(word)

    @workflow.signal("stop")
    def stop(self):
        self.stopped = True

    @workflow.query("words")
    def heard(self):
        return list(self.words)

    @workflow.update("add")
    def add(self, word):
        self.words.append(word)
        return len(self.words)

    def run(self, ctx):
        yield ctx.wait_condition(lambda: self.stopped, key="stopped")
        return self.words


@workflow.defn(name="strict")
class Strict:
    def __init__(self):
        self.total = 0

    @workflow.update("pay")
    def pay(self, cents):
        self.total += cents
        return self.total

    @pay.validator
    def check(self, cents):
        if cents <= 0:
            raise ValueError("cents must be positive")

    def run(self, ctx):
        yield ctx.wait_condition(lambda: self.total >= 10, key="paid")
        return self.total


@workflow.defn(name="patient")
class Patient:
    def __init__(self):
        self.ready = False

    @workflow.signal("ready")
    def now(self):
        self.ready = True

    def run(self, ctx, seconds):
        came = yield ctx.wait_condition(lambda: self.ready, key="ready", timeout=seconds)
        return "came" if came else "gave up"


@workflow.defn(name="recorder")
class Recorder:
    def run(self, ctx):
        dice = yield ctx.side_effect(lambda: 4)
        yield ctx.upsert_search_attributes({"Region": "eu"})
        yield ctx.start_timer(0)
        return dice


@workflow.defn(name="whole")
class Whole:
    """One order with everything: activities, retry, failure, child, timer, signal, query, update, continue-as-new."""

    def __init__(self):
        self.stage = "new"
        self.paid = 0
        self.shipped = False

    @workflow.signal("ship")
    def ship(self):
        self.shipped = True

    @workflow.update("pay")
    def pay(self, cents):
        self.paid += cents
        return self.paid

    @workflow.query("stage")
    def where(self):
        return [self.stage, self.paid, self.shipped]

    def run(self, ctx, order, settled):
        if settled is not None:
            return settled
        from durable_workflow import ActivityRetryPolicy

        receipt = yield ctx.schedule_activity("charge", [order, 100])
        tried = yield ctx.schedule_activity(
            "flaky", [order], retry_policy=ActivityRetryPolicy(max_attempts=3, backoff_seconds=[0])
        )
        child = yield ctx.start_child_workflow("hello", [order])
        yield ctx.start_timer(1)
        declined = None
        try:
            yield ctx.schedule_activity("broken", [])
        except Exception as e:
            declined = str(e)
        self.stage = "waiting"
        yield ctx.wait_condition(lambda: self.paid >= 10 and self.shipped, key="settled")
        return ctx.continue_as_new(
            order,
            {"receipt": receipt, "tried": tried, "child": child, "declined": declined, "paid": self.paid},
        )


@workflow.defn(name="long")
class Long:
    def run(self, ctx):
        total = 0
        for i in range(700):
            total += yield ctx.side_effect(lambda: 1)
        yield ctx.start_timer(0)
        got = yield ctx.schedule_activity("charge", ["long", total])
        return got["charged"]


async def eventually(what, check, seconds=20):
    for _ in range(int(seconds / 0.1)):
        got = await check()
        if got:
            return got
        await asyncio.sleep(0.1)
    raise AssertionError(f"{what} did not come about")


async def chapters(client):
    def start(kind, *args, **more):
        return client.start_workflow(
            workflow_type=kind, workflow_id=f"{kind}-{uuid.uuid4().hex[:8]}", task_queue=QUEUE, input=list(args), **more
        )

    async def result(handle, timeout=30.0):
        return await client.get_result(handle, timeout=timeout, poll_interval=0.1)

    async def hello():
        assert await result(await start("hello", "ann")) == {"hello": "ann"}

    async def order():
        assert await result(await start("order", "o-1", 4200)) == {
            "receipt": {"order": "o-1", "charged": 4200},
            "order": "o-1",
        }

    async def timer():
        assert await result(await start("timer")) == "rang"

    async def retry():
        assert await result(await start("retry", uuid.uuid4().hex)) == "done after 3"

    async def failure():
        try:
            await result(await start("fails"))
            raise AssertionError("expected a failure")
        except WorkflowFailed as e:
            assert "card declined" in str(e), e

    async def group():
        assert await result(await start("group", 5)) == {"group": [0, 1, 2, 3, 4], "after": 99}

    async def child():
        assert await result(await start("parent", "bob")) == {"child": {"hello": "bob"}}

    async def continue_as_new():
        # A handle without a run follows the chain.
        first = await start("counter", 3)
        handle = client.get_workflow_handle(first.workflow_id)
        await eventually("the last run", lambda: ended(first.workflow_id, 4))
        assert await result(handle) == "counted down"

    async def ended(ident, count):
        runs = await client.list_workflow_runs(ident)
        return len(runs.runs) == count and runs.runs[-1].status == "completed"

    async def signals_queries_updates():
        handle = await start("talker")
        ident = handle.workflow_id
        await client.signal_workflow(ident, "say", args=["one"])
        await client.signal_workflow(ident, "say", args=["two"])
        await eventually("the query", lambda: asked(ident, ["one", "two"]))
        answer = await client.update_workflow(ident, "add", args=["three"], wait_for="completed")
        assert answer["result"] == 3 and answer["update_status"] == "completed", answer
        await client.signal_workflow(ident, "stop")
        assert await result(handle) == ["one", "two", "three"]
        # A closed run still answers.
        assert await asked(ident, ["one", "two", "three"])

    async def asked(ident, expected):
        answer = await client.query_workflow(ident, "words")
        value = answer.get("result") if isinstance(answer, dict) else answer
        return value == expected

    async def validated_updates():
        handle = await start("strict")
        ident = handle.workflow_id
        try:
            await client.update_workflow(ident, "pay", args=[-1], wait_for="completed")
            raise AssertionError("expected a rejection")
        except UpdateRejected as e:
            assert "positive" in str(e), e
        answer = await client.update_workflow(ident, "pay", args=[4], wait_for="completed")
        assert answer["result"] == 4, answer
        answer = await client.update_workflow(ident, "pay", args=[6], wait_for="completed")
        assert answer["result"] == 10, answer
        assert await result(handle) == 10
        history = await client.get_history(ident, handle.run_id)
        kinds = [event["event_type"] for event in history["events"]]
        assert kinds.count("UpdateAccepted") == 2, kinds

    async def signal_before_first_poll():
        handle = await start("patient", 30)
        await client.signal_workflow(handle.workflow_id, "ready")
        assert await result(handle) == "came"

    async def condition_timeout():
        assert await result(await start("patient", 1)) == "gave up"

    async def recorded():
        handle = await start("recorder")
        assert await result(handle) == 4
        seen = await client.describe_workflow(handle.workflow_id)
        assert seen.status == "completed", seen

    async def cancel_and_terminate():
        handle = await start("talker")
        await client.cancel_workflow(handle.workflow_id, reason="not wanted")
        try:
            await result(handle)
            raise AssertionError("expected a cancel")
        except WorkflowCancelled:
            pass
        handle = await start("talker")
        await client.terminate_workflow(handle.workflow_id, reason="by hand")
        try:
            await result(handle)
            raise AssertionError("expected a termination")
        except WorkflowTerminated:
            pass

    async def duplicate():
        handle = await start("talker")
        try:
            await client.start_workflow(workflow_type="talker", workflow_id=handle.workflow_id, task_queue=QUEUE, input=[])
            raise AssertionError("expected a duplicate")
        except WorkflowAlreadyStarted:
            pass
        await client.terminate_workflow(handle.workflow_id)

    async def unknown_query():
        handle = await start("talker")
        try:
            await client.query_workflow(handle.workflow_id, "nonsense")
            raise AssertionError("expected a refusal")
        except QueryFailed:
            pass
        await client.terminate_workflow(handle.workflow_id)

    def schedule(ident, kind="hello", args=("ann",), every="PT1S", **more):
        return client.create_schedule(
            schedule_id=ident,
            spec=ScheduleSpec(intervals=[{"every": every}]),
            action=ScheduleAction(workflow_type=kind, task_queue=QUEUE, input=list(args)),
            **more,
        )

    async def schedules_fire():
        ident = f"tick-{uuid.uuid4().hex[:8]}"
        handle = await schedule(ident, max_runs=2, note="by python", memo={"team": "red"})

        async def spent():
            seen = await handle.describe()
            return seen if seen.remaining_actions == 0 else None

        seen = await eventually("two fires", spent)
        assert seen.fires_count == 2 and seen.failures_count == 0, seen
        assert seen.note == "by python" and seen.memo == {"team": "red"}, seen
        run = client.get_workflow_handle(seen.latest_workflow_instance_id)
        assert await result(run) == {"hello": "ann"}
        kinds = [event.event_type async for event in handle.iter_history(limit=2)]
        assert kinds == ["ScheduleCreated", "ScheduleTriggered", "ScheduleTriggered"], kinds
        await handle.delete()

    async def schedules_by_hand():
        ident = f"daily-{uuid.uuid4().hex[:8]}"
        handle = await client.create_schedule(
            schedule_id=ident,
            spec=ScheduleSpec(cron_expressions=["0 3 * * *"], timezone="Europe/Berlin"),
            action=ScheduleAction(workflow_type="talker", task_queue=QUEUE, input=[], run_timeout_seconds=60),
            overlap_policy="skip",
            paused=True,
        )
        seen = await handle.describe()
        assert seen.status == "paused" and seen.next_fire_at is None, seen
        assert seen.spec["timezone"] == "Europe/Berlin", seen
        await handle.resume(note="go")
        seen = await handle.describe()
        assert seen.status == "active" and seen.note == "go" and seen.next_fire_at is not None, seen
        first = await handle.trigger()
        assert first.outcome == "triggered" and first.run_id, first
        second = await handle.trigger()
        assert second.outcome == "skipped" and second.reason == "run_open", second
        third = await handle.trigger(overlap_policy="buffer_one")
        assert third.outcome == "buffered" and third.buffer_depth == 1, third
        await client.signal_workflow(first.workflow_id, "stop")

        async def next_one():
            latest = (await handle.describe()).latest_workflow_instance_id
            return latest if latest != first.workflow_id else None

        # What waited in line starts when the first one has ended.
        await client.terminate_workflow(await eventually("the fire that waited", next_one))
        await handle.update(action=ScheduleAction(workflow_type="hello", input=["bob"]), overlap_policy="allow_all")
        seen = await handle.describe()
        assert seen.action["workflow_type"] == "hello" and seen.action["task_queue"] == QUEUE, seen
        filled = await handle.backfill(start_time="2024-01-01T00:00:00+01:00", end_time="2024-01-03T03:00:00+01:00")
        assert filled.outcome == "backfill_started" and filled.fires_attempted == 2, filled
        assert [one["outcome"] for one in filled.results] == ["started", "started"], filled
        assert await result(client.get_workflow_handle(filled.results[0]["workflow_id"])) == {"hello": "bob"}
        await handle.pause(note="enough")
        assert (await handle.describe()).status == "paused"
        page = await client.list_schedules(status="paused", workflow_type="hello", query=f'ScheduleId = "{ident}"')
        assert [one.schedule_id for one in page.schedules] == [ident], page
        await handle.delete()
        history = await handle.history()
        assert history.events[-1].event_type == "ScheduleDeleted" and not history.has_more, history

    async def schedules_say_no():
        ident = f"once-{uuid.uuid4().hex[:8]}"
        handle = await schedule(ident, every="P1D")
        for expected, attempt in (
            (ScheduleAlreadyExists, lambda: schedule(ident, every="P1D")),
            (InvalidArgument, lambda: schedule(ident + "x", every="every day")),
            (ScheduleNotFound, lambda: client.describe_schedule("nobody-made-this")),
            (ScheduleListError, lambda: client.list_schedules(query="Moon = 'full'")),
            (InvalidArgument, lambda: handle.backfill(start_time="2024-01-02T00:00:00Z", end_time="2024-01-01T00:00:00Z")),
        ):
            try:
                await attempt()
                raise AssertionError(f"expected {expected.__name__}")
            except expected:
                pass
        await handle.delete()

    async def bridged():
        event = {"action": "start_workflow", "idempotency_key": uuid.uuid4().hex,
                 "target": {"workflow_type": "timer", "task_queue": QUEUE}}
        first = await client.send_webhook_bridge_event("shop", **event)
        assert (first.outcome, first.control_plane_outcome) == ("accepted", "started_new"), first
        again = await client.send_webhook_bridge_event("shop", **event)
        assert (again.outcome, again.run_id) == ("duplicate", first.run_id), again
        wrong = await client.send_webhook_bridge_event("shop", action="dance", idempotency_key="x", target={})
        assert (wrong.outcome, wrong.reason) == ("rejected", "unsupported_action"), wrong
        assert await result(client.get_workflow_handle(first.workflow_id, run_id=first.run_id)) == "rang"

    async def stored_outside():
        pages = ["x" * 100] * 100
        assert await result(await start("hello", pages)) == {"hello": pages}
        kept = [one for one in pathlib.Path(STORE).rglob("*") if one.is_file()]
        assert kept, "nothing was stored outside"

    async def whole_order():
        handle = await start("whole", "o-" + uuid.uuid4().hex[:8], None)

        async def waits():
            state = (await client.query_workflow(handle.workflow_id, "stage"))["result"]
            return state[0] == "waiting"

        await eventually("the wait", waits)
        paid = await client.update_workflow(handle.workflow_id, "pay", args=[10], wait_for="completed")
        assert paid["result"] == 10, paid
        await client.signal_workflow(handle.workflow_id, "ship")
        await eventually("the second run", lambda: ended(handle.workflow_id, 2))
        got = await result(client.get_workflow_handle(handle.workflow_id))
        assert got["receipt"]["charged"] == 100 and got["tried"] == "done after 3" and got["paid"] == 10, got
        assert list(got["child"]) == ["hello"] and "card declined" in got["declined"], got

    async def long_history():
        # More events than a worker asks for at once: the rest comes in pages.
        assert await result(await start("long")) == 700

    failed = 0
    for chapter in (whole_order, long_history, hello, order, timer, retry, failure, group, child, continue_as_new, signals_queries_updates, validated_updates,
                    signal_before_first_poll, condition_timeout, recorded, cancel_and_terminate, duplicate, unknown_query,
                    schedules_fire, schedules_by_hand, schedules_say_no, bridged, stored_outside):
        try:
            await asyncio.wait_for(chapter(), 40)
            print("passed", chapter.__name__, flush=True)
        except BaseException:
            failed += 1
            print("FAILED", chapter.__name__, flush=True)
            traceback.print_exc()
    return failed


async def main():
    client = Client(URL, token=TOKEN, namespace="default", external_storage=LocalFilesystemExternalStorage(STORE),
                    external_storage_threshold_bytes=1000)
    worker = Worker(
        client,
        task_queue=QUEUE,
        workflows=[Hello, Order, Timer, Retry, Fails, Group, Parent, Counter, Talker, Strict, Patient, Recorder, Whole, Long],
        activities=[charge, flaky, broken],
    )
    running = asyncio.create_task(worker.run())
    try:
        failed = await chapters(client)
    finally:
        await worker.stop()
        await asyncio.wait_for(running, 60)
        await client.aclose()
    print("all chapters passed" if failed == 0 else f"{failed} chapters failed", flush=True)
    sys.exit(1 if failed else 0)


asyncio.run(main())
