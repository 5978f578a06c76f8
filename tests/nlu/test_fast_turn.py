"""The adaptations of Rasa: the same verdicts as stock, and only on the version they are for."""

from collections.abc import Iterator

import pytest

from bot import launch
from bot.settings import Settings
from tests.nlu import rasas_runtime
from tests.nlu.rasas_runtime import Forking

SAME_VERDICTS = """
import copy
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from nlu import fast_turn
stock = RemoteAction._validate_action_result
action = RemoteAction.__new__(RemoteAction)
good = {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "x"}]}
rows = [good, {}, {"events": [{"name": "no event"}]}, {"responses": [1]}, {"events": 1},
        {"events": [], "responses": "x"}, {"events": [{"event": "no such kind"}]}, {"events": [1]}, 1,
        {"events": [{"event": "slot", "name": "a"}]}, {"events": [{"event": "slot", "name": 1, "value": 1}]},
        {"events": [{"event": "active_loop", "name": None, "timestamp": "now"}]},
        {"events": [{"event": "active_loop", "name": None}, {"event": "user", "text": 1}]},
        {"events": [{"event": "action", "name": "x", "policy": None}, {"event": "entities"}]}]
def verdict(check, row):
    try:
        return check(action, copy.deepcopy(row))
    except ValidationError:
        return "refused"
for row in rows:
    assert verdict(stock, row) == verdict(fast_turn.validate_action_result, row), row
assert verdict(stock, rows[4]) == "refused"
fast_turn.install()
assert RemoteAction._validate_action_result is fast_turn.validate_action_result
"""

SAME_CALLS = """
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from nlu import fast_turn
domain = Domain.load("domain.yml")
talk = [ActionExecuted("action_session_start"), ActionExecuted("action_listen")]
message = [UserUttered("买的鞋坏了", {"name": "file_complaint"}, [{"entity": "product", "value": "鞋"}]),
           ActionExecuted("dispute_form"), ActiveLoop("dispute_form"), SlotSet("merchant", "鹏达"), BotUttered("哪家店")]
for events, since in [(talk, talk), (talk + message, message), (talk + message + talk[1:] + message, message),
                      ([], []), (message[:1], message[:1])]:
    tracker = DialogueStateTracker.from_events("somebody", events, domain.slots, domain=domain)
    action = RemoteAction("action_lodge_dispute", None)
    stock, ours = (call(action, tracker, domain) for call in (RemoteAction._action_call_format, fast_turn.action_call))
    kept = stock["tracker"].pop("events")[len(events) - len(since):]
    assert ours["tracker"].pop("events") == kept and len(kept) == len(since)
    assert ours.pop("domain") == {} and stock.pop("domain")
    assert ours == stock
"""

SAME_MESSAGES = """
import copy, itertools
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.nlu.training_data.message import Message
from nlu import fast_training
entity = {"entity": "brand", "start": 0, "end": 2, "value": "小米"}
rows = [
    {"text": "小米手机", "intent": "a", "entities": [entity]}, {"intent": "a", "text": "小米手机", "entities": [entity]},
    {"text": "小米手机", "intent": "b", "entities": [entity]}, {"text": "小米手机", "intent": "a"},
    {"text": "小米手机", "intent": "a", "entities": [dict(entity, end=3)]}, {"text": "小米手机 ", "intent": "a"},
    {"intent": "a", "action_name": None}, {},
]
def alike():
    made = [Message(data=row) for row in rows]
    return [one == other for one, other in itertools.product(made, made)]
stock = alike()
fast_training.install()
assert alike() == stock and len(set(stock)) == 2
message = Message(data=rows[0])
before = message.fingerprint()
message.set("intent", "b")
assert message.fingerprint() != before  # set() forgets what was reckoned
assert TrainingHook.on_before_node(None, node_name="x") == {}
from rasa.shared.importers import utils
files = [str(path) for path in sorted(__import__("pathlib").Path("nlu/understanding").rglob("*.yml"))[:2]]
assert utils.training_data_from_paths(files, "zh") is utils.training_data_from_paths(list(files), "zh")
assert utils.training_data_from_paths(files[:1], "zh") is not utils.training_data_from_paths(files, "zh")
made = copy.deepcopy([message, message])  # as where Rasa puts files together
assert made[0] == message and made[0] is not message
made[0].set("intent", "c", add_to_output=True)
made[0].add_features("of the copy")
assert message.get("intent") == "b" and message.features == [] and "intent" not in message.output_properties
assert made[0] != message and made[0].as_dict() == {**message.as_dict(), "intent": "c"}
"""

# Of every message in and outside of each form, what stock understands and does next, and what ours does.
SAME_TURNS = """
import asyncio, sys
import rasa.server
from nlu import fast_graph, fast_rules
from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
processor = asyncio.run(load_agent(model_path=MODEL)).processor
assert not {"tensorflow", "keras", "matplotlib"} & set(sys.modules)
domain = processor.domain
texts = ["你好", "买的电饭煲坏了，要退款399元", "/affirm", '/choose{"choice": "a"}', "/affirm 好", "/nothing_known",
         " /deny ", "/", "/我要投诉", "召回PAC20-392"]

def understood():
    async def parse(text):
        return await processor.parse_message(UserMessage(text))
    return [asyncio.run(parse(text)) for text in texts]

def followed(intent, loop, asked):
    events = [ActionExecuted("action_session_start"), ActionExecuted("action_listen")]
    if loop:
        events += [UserUttered("x", {"name": "file_complaint"}), ActionExecuted(loop), ActiveLoop(loop)]
        events += [SlotSet("requested_slot", asked), ActionExecuted("action_listen")]
    tracker = DialogueStateTracker.from_events("x", [*events, UserUttered("x", {"name": intent})], domain.slots, domain=domain)
    said = []
    while len(said) < 4:
        prediction = processor._predict_next_with_tracker(tracker)
        action = domain.action_names_or_texts[prediction.max_confidence_index]
        said.append((action, prediction.probabilities, [e.as_dict() for e in prediction.events]))
        tracker.update_with_events([*prediction.events, ActionExecuted(action)], domain)
        if action == "action_listen":
            break
    for one in said:
        [event.pop("timestamp", None) for event in one[2]]
    return said

def done():
    forms = [(None, None), *((form, domain.required_slots_for_form(form)[0]) for form in domain.form_names)]
    return [followed(intent, *form) for intent in sorted(domain.intents) for form in forms]

stock = understood(), done()
for adaptation in (fast_graph, fast_rules):
    adaptation.install()
assert understood() == stock[0]
for mine, theirs in zip(done(), stock[1], strict=True):
    assert mine == theirs, (mine, theirs)
assert len({row[0][0] for row in stock[1]}) > 15  # not all of them the fallback
"""

QUIET = """
import io, logging, sys
from nlu import quiet_log
quiet_log.install()
sys.stdout = sys.stderr = heard = io.StringIO()
from rasa.utils.log_utils import configure_structlog
configure_structlog(logging.INFO)
import structlog
from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message
secret = "王小明一三八"
YAMLStoryReader.unpack_regex_message(Message({"text": "/" + secret}), Domain.empty())
YAMLStoryReader.unpack_regex_message(Message({"text": "/{" + secret}), Domain.empty())
YAMLStoryReader.unpack_regex_message(Message({"text": "/a{}" + secret}), Domain.empty())
def fail(text):
    try:
        int(text)
    except ValueError as error:
        raise KeyError(text) from error
for tell in (logging.getLogger("rasa.core.processor").exception, structlog.get_logger().exception):
    try:
        fail(secret)
    except KeyError:
        tell("went wrong")
structlog.get_logger().error("by hand", exc_info=KeyError(secret), json_body={"words": secret})
said = heard.getvalue()
sys.stdout = sys.__stdout__
assert secret not in said and "\\u738b" not in said, ascii(said)
assert said.count("went wrong") == 2 and said.count("KeyError at") >= 2 and said.count("ValueError at") == 2
assert "by hand" in said and "message.parsing.failed" in said
"""

REFUSES = """
from nlu import lean_start
from rasa.utils.train_utils import RasaBatchDataGenerator
try:
    RasaBatchDataGenerator()
except lean_start.LeftOut as left:
    assert "data_generator.RasaBatchDataGenerator" in str(left)
else:
    raise AssertionError("used")
"""

TOO_LATE = """
import rasa.utils.plotting
from nlu import lean_start
lean_start.install()
"""

OTHER_VERSION = """
import importlib, rasa
from nlu.rasa_version import WrongRasa
rasa.__version__ = "3.6.22"
for name in ("fast_turn", "fast_training", "fast_graph", "fast_rules", "fast_calls", "lean_start", "quiet_log",
             "whole_turn"):
    adaptation = importlib.import_module(f"nlu.{name}")
    try:
        adaptation.install()
    except WrongRasa as wrong:
        assert f"nlu/{name}.py" in str(wrong) and "3.6.22" in str(wrong)
    else:
        raise AssertionError(name)
"""

BOUNDED = """
import asyncio
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from nlu.bounded_tracker_store import BoundedTrackerStore
store = BoundedTrackerStore(Domain.empty(), max_talks=3)
async def fill():
    for n in range(5):
        await store.save(DialogueStateTracker.from_events(str(n), []))
    assert list(store.store) == ["2", "3", "4"]
    assert await store.retrieve("0") is None and await store.retrieve("4") is not None
asyncio.run(fill())
"""

SAME_REQUESTS = """
import asyncio, json
from aiohttp import web
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from nlu import fast_calls
heard, ports = [], set()

async def answer(request):
    heard.append([request.method, request.path_qs, dict(request.headers), await request.text()])
    ports.add(request.transport.get_extra_info("peername")[1])
    given = web.json_response({"events": []}, status=int(request.query.get("status", 200)))
    given.set_cookie("whose", "another's")
    return web.Response(text="no JSON") if "plain" in request.query else given

async def served(port=0):
    app = web.Application()
    app.router.add_route("*", "/webhook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner

async def asked(address):
    endpoint = EndpointConfig(address, headers={"X-Ours": "1"}, basic_auth={"username": "a", "password": "b"}, token="t")
    said = []
    for query in ({}, {"plain": 1}, {"status": 400}, {"status": 503}, {}):
        try:
            said.append(await endpoint.request(json={"message": "王"}, params=query, headers={"X-Call": "2"}))
        except ClientResponseError as error:
            said.append([error.status, str(error)])
    return endpoint, said

async def compare():
    runner = await served()
    port = runner.addresses[0][1]
    address = f"http://127.0.0.1:{port}/webhook"
    _, stock = await asked(address)
    assert len(ports) == len(stock) == 5
    stock_heard = heard.copy()
    [kept.clear() for kept in (heard, ports)]
    fast_calls.install()
    endpoint, ours = await asked(address)
    assert ours == stock and heard == stock_heard and len(ports) == 1
    await runner.cleanup()  # the action server goes away between two turns and comes back
    try:
        await endpoint.request(json={})
    except OSError:
        pass
    else:
        raise AssertionError("nobody was there")
    runner = await served(port)
    assert await endpoint.request(json={}) == {"events": []}
    slow = await asyncio.gather(*(endpoint.request(json={}) for _ in range(30)))
    assert slow == [{"events": []}] * 30
    await endpoint.kept_session.close()
    assert await endpoint.request(json={}) == {"events": []}
    await endpoint.kept_session.close()
    await runner.cleanup()

asyncio.run(compare())
"""

LOST = """
import asyncio
from aiohttp import web
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils import endpoints
from nlu import fast_turn, whole_turn
endpoints.DEFAULT_REQUEST_TIMEOUT = 1
[one.install() for one in (fast_turn, whole_turn)]
domain, channel = Domain.empty(), CollectingOutputChannel()

async def answer(request):
    asked = (await request.json())["next_action"]
    if asked == "dies":
        request.transport.abort()
    if asked == "hangs":
        await asyncio.sleep(3)
    if asked == "rejects":
        return web.json_response({"action_name": asked, "error": "no"}, status=400)
    if asked in ("answers", "nonsense", "no kind"):
        kind = {"answers": "slot", "nonsense": 1, "no kind": "no such kind"}[asked]
        return web.json_response({"events": [{"event": kind, "name": "a", "value": 1}], "responses": []})
    return web.Response(text="no JSON", status=200 if asked == "words" else int(asked))

async def run(name, address):
    tracker = DialogueStateTracker.from_events("somebody", [], domain.slots, domain=domain)
    try:
        return await RemoteAction(name, endpoints.EndpointConfig(address)).run(channel, None, tracker, domain)
    except ActionExecutionRejection:
        return "rejected"
    except whole_turn.ActionLost as lost:
        assert str(lost) == name
        return "lost"

class Processor:
    async def log_message(self, message, should_save_tracker):
        message.output_channel.messages.append({"text": "half a turn"})
        raise whole_turn.ActionLost("action_lodge_dispute")

async def tried():
    app = web.Application()
    app.router.add_post("/webhook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
    for name in ("dies", "hangs", "500", "404", "449", "words", "nonsense", "no kind"):
        assert await run(name, here) == "lost", name
    assert await run("answers", "http://127.0.0.1:9/webhook") == "lost"
    assert await run("rejects", here) == "rejected"
    (event,) = await run("answers", here)
    assert event.key == "a"
    await runner.cleanup()
    assert await MessageProcessor.handle_message(Processor(), UserMessage("x", channel)) is None
    assert channel.messages == []

asyncio.run(tried())
"""

TRIED = {
    "an action's answer gets the verdict of stock": SAME_VERDICTS,
    "an action is asked as by stock but for what none reads": SAME_CALLS,
    "an action server hears what it hears of stock, by one connection": SAME_REQUESTS,
    "examples are told apart as by stock": SAME_MESSAGES,
    "a turn whose action gives no answer is dropped": LOST,
    "the log quotes nobody": QUIET,
    "what the start left out refuses to be used": REFUSES,
    "each fails loudly on another Rasa": OTHER_VERSION,
    "the memory of talks lets the oldest go": BOUNDED,
}


@pytest.fixture(scope="module")
def rasas() -> Iterator[Forking]:
    with rasas_runtime.forking() as started:
        yield started


@pytest.mark.parametrize("code", TRIED.values(), ids=TRIED)
def test_an_adaptation_does_no_more_than_it_says(code: str, rasas: Forking) -> None:
    done = rasas.run(code)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_same_is_understood_and_done_next_as_by_stock(rasas: Forking) -> None:
    model = launch.trained_model(Settings(_env_file=None))
    done = rasas.run(f"MODEL = {str(model)!r}\n{SAME_TURNS}")
    assert done.returncode == 0, done.stderr[-2000:]


def test_what_one_tried_is_not_there_for_the_next(rasas: Forking) -> None:
    assert rasas.run("import rasa; rasa.touched = 1").returncode == 0
    done = rasas.run("import rasa; raise SystemExit(rasa.touched)")
    assert done.returncode == 1 and "AttributeError" in done.stderr


def test_leaving_out_too_late_is_said() -> None:
    done = rasas_runtime.run(TOO_LATE)
    assert done.returncode != 0 and "comes before it" in done.stderr
