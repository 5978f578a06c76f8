"""The web channel over HTTP: what the page is told, what is taken, and what is refused."""

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.channels import web, web_pages
from bot.settings import Settings

HOST = "http://testserver"


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings), base_url=HOST)


def say(client: TestClient, text: str = "电饭煲坏了", **more: Any) -> Any:
    headers = more.pop("headers", {})
    body = {"message_id": "m1", "text": text, **more}
    return client.post("/chat/messages", json=body, headers=headers)


def test_a_message_is_heard_and_its_replies_come_back(client, dialogue):
    answer = say(client)
    assert answer.status_code == 200
    assert answer.json() == {
        "replies": [
            {
                "text": "请问您希望怎么处理？",
                "buttons": [{"id": "b1", "title": "退款"}, {"id": "b2", "title": "维修"}],
                "data": {"page": 1},
            }
        ]
    }
    heard = dialogue.heard[0]
    assert (heard.channel, heard.message_id, heard.text, heard.button_id) == (
        "web",
        "m1",
        "电饭煲坏了",
        None,
    )


def test_a_button_comes_back_with_its_id(client, dialogue):
    assert say(client, "退款", button_id="b1").status_code == 200
    assert dialogue.heard[0].button_id == "b1"


def test_the_same_message_sent_again_has_the_same_id_and_the_same_citizen(client, dialogue):
    client.get("/")
    assert say(client).json() == say(client).json()
    first, second = dialogue.heard
    assert first == second


def test_two_browsers_are_two_citizens(dialogue, settings):
    app = Starlette(routes=web.routes(dialogue, settings))
    say(TestClient(app))
    say(TestClient(app))
    assert dialogue.heard[0].external_id != dialogue.heard[1].external_id


def test_the_cookie_is_signed_for_a_year_and_out_of_reach_of_scripts(client, dialogue):
    cookie = client.get("/").headers["set-cookie"].lower()
    assert cookie.startswith("citizen=")
    for part in ("httponly", "samesite=lax", "max-age=31536000", "path=/"):
        assert part in cookie
    assert "secure" not in cookie  # http on loopback
    say(client)
    assert dialogue.heard[0].external_id in client.cookies["citizen"]


@pytest.mark.parametrize("public_url", ["https://weiquan.example", "https://weiquan.example/"])
def test_behind_https_the_cookie_is_secure(dialogue, settings, public_url):
    secure = settings.model_copy(update={"public_url": public_url})
    client = TestClient(Starlette(routes=web.routes(dialogue, secure)))
    assert "secure" in client.get("/").headers["set-cookie"].lower()


def test_a_visit_lengthens_the_year_and_keeps_the_citizen(client):
    client.get("/")
    before = client.cookies["citizen"]
    assert client.get("/").headers["set-cookie"].startswith(f"citizen={before}")


@pytest.mark.parametrize(
    "forged", ["", ".", "0123", "0123.", "a" * 32 + "." + "0" * 64, "中文.签名", "x" * 3000]
)
def test_a_forged_cookie_is_a_new_citizen(client, dialogue, forged):
    headers = {"cookie": f"citizen={forged}".encode()}
    answer = say(client, headers=headers)
    assert answer.status_code == 200
    assert "citizen=" in answer.headers["set-cookie"]
    assert dialogue.heard[0].external_id != forged.partition(".")[0]


def test_a_cookie_of_another_key_is_a_new_citizen(client, dialogue, settings):
    other = settings.model_copy(update={"secret_key": "another key"})
    theirs = TestClient(Starlette(routes=web.routes(dialogue, other)))
    theirs.get("/")
    client.cookies.set("citizen", theirs.cookies["citizen"])
    say(client)
    say(theirs)
    assert dialogue.heard[0].external_id != dialogue.heard[1].external_id


def test_forgetting_ends_the_cookie_and_a_late_answer_does_not_bring_it_back(client):
    client.get("/")
    assert "set-cookie" not in say(client).headers
    assert client.post("/chat/forget").status_code == 204
    assert "citizen" not in client.cookies


@pytest.mark.parametrize("path", ["/", "/health", "/static/chat.js"])
def test_every_answer_forbids_other_hosts(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'"):
        assert part in policy
    for part in ("frame-ancestors 'none'", "form-action 'self'", "connect-src 'self'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]


def test_refusals_and_replies_have_the_headers_too(client):
    for answer in (say(client), client.post("/chat/messages", content=b"x")):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


def test_the_page_has_no_inline_script_and_no_other_host(client):
    page = client.get("/").text
    assert page.count("<script") == page.count("<script src=")
    assert "<style" not in page and "style=" not in page and " onclick" not in page
    assert "http:" not in page and "https:" not in page and "//" not in page


def test_the_first_load_is_well_under_150_kilobytes(client):
    files = [client.get(f"/static/{file.name}").content for file in web_pages.STATIC.iterdir()]
    assert len(client.get("/").content) + sum(map(len, files)) < 60_000  # before compression


def test_files_are_kept_for_good_under_a_name_that_changes_with_them(client):
    assert "/static/chat.js?v=" in client.get("/").text
    assert "immutable" in client.get("/static/chat.js").headers["cache-control"]
    assert client.get("/static/nothing.js").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("operator", "words"),
    [
        ("independent", "本服务由第三方独立运行，尚未提交市场监管部门"),
        ("bureau", "本服务由天津市西青区市场监督管理局运行"),
    ],
)
def test_the_page_says_who_runs_it(dialogue, settings, operator, words):
    run_by = settings.model_copy(update={"operator": operator})
    page = TestClient(Starlette(routes=web.routes(dialogue, run_by))).get("/").text
    assert words in page
    assert ("第三方" in page) is (operator == "independent")


@pytest.mark.parametrize(
    ("district", "name"),
    [("天津市西青区", "西青区消费维权助手"), ("苏州市", "苏州市消费维权助手")],
)
def test_the_page_bears_the_name_of_its_district(dialogue, settings, district, name):
    there = settings.model_copy(update={"district_name": district})
    page = TestClient(Starlette(routes=web.routes(dialogue, there))).get("/").text
    assert f"<title>{name}</title>" in page
    assert f"<h1>{name}</h1>" in page


def test_the_page_is_complete_without_placeholders(client):
    page = client.get("/").text
    assert "{name}" not in page and "{district}" not in page and "built-in" not in page
    assert 'href="tel:12315"' in page and "<noscript>" in page


def test_a_body_over_64_kilobytes_is_refused_in_chinese(client, dialogue):
    answer = say(client, "长" * 22_000)
    assert answer.status_code == 413
    assert answer.json() == {"error": "这段话太长了，请分成几段发送。"}
    assert not dialogue.heard


def test_a_long_body_without_a_length_is_refused_too(client, dialogue):
    chunks = (b"x" * 10_000 for _ in range(10))
    headers = {"content-type": "application/json"}
    assert client.post("/chat/messages", content=chunks, headers=headers).status_code == 413
    assert not dialogue.heard


def test_twenty_thousand_characters_reach_the_dialogue(client, dialogue):
    body = json.dumps({"message_id": "m", "text": "长" * 20_000}, ensure_ascii=False).encode()
    headers = {"content-type": "application/json"}
    assert client.post("/chat/messages", content=body, headers=headers).status_code == 200
    assert len(dialogue.heard[0].text) == 20_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"\xff\xfe",
        b"[" * 60_000,
        b"9" * 60_000,
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"text": "a"}',
        b'{"message_id": "", "text": "a"}',
        b'{"message_id": 5, "text": "a"}',
        b'{"message_id": "a b", "text": "a"}',
        b'{"message_id": "m\\n", "text": "a"}',
        b'{"message_id": "m", "text": 5}',
        b'{"message_id": "m", "text": null}',
        b'{"message_id": "m", "text": "a", "button_id": 7}',
        b'{"message_id": "m", "text": "a", "button_id": ""}',
        b'{"message_id": "' + b"m" * 65 + b'", "text": "a"}',
    ],
)
def test_what_is_not_a_message_is_refused_in_chinese(client, dialogue, body):
    headers = {"content-type": "application/json"}
    answer = client.post("/chat/messages", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json() == {"error": "没有看懂这次请求，请刷新页面后再试。"}
    assert not dialogue.heard


def test_a_form_that_pretends_to_be_json_is_refused(client, dialogue):
    body = b'{"message_id": "m", "text": "a"}'
    headers = {"content-type": "text/plain"}
    assert client.post("/chat/messages", content=body, headers=headers).status_code == 400
    assert not dialogue.heard


@pytest.mark.parametrize("text", ["", " ", "/restart", "😀" * 50, "<b>粗</b>", "a\r\nb", "‮反"])
def test_odd_words_are_for_the_dialogue_to_answer(client, dialogue, text):
    assert say(client, text).status_code == 200
    assert dialogue.heard[0].text == text


@pytest.mark.parametrize(("escape", "kept"), [("\\ud83d", "\ufffd"), ("\\u0000", "\ufffd")])
def test_what_no_database_takes_is_replaced(client, dialogue, escape, kept):
    body = '{"message_id": "m", "text": "坏' + escape + '了"}'
    headers = {"content-type": "application/json"}
    answer = client.post("/chat/messages", content=body.encode(), headers=headers)
    assert answer.status_code == 200
    assert dialogue.heard[0].text == f"坏{kept}了"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": HOST},
        {"origin": "https://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/chat/messages", "/chat/forget"])
def test_another_site_may_not_send(client, dialogue, headers, path):
    answer = client.post(path, json={"message_id": "m", "text": "a"}, headers=headers)
    assert answer.status_code == 403
    assert answer.json() == {"error": "请从本页面发送消息。"}
    assert not dialogue.heard


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": HOST}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}],
)
def test_our_own_page_may_send(client, headers):
    assert say(client, headers=headers).status_code == 200


def test_behind_a_proxy_the_public_address_is_ours(dialogue, settings):
    public = settings.model_copy(update={"public_url": "https://weiquan.example/"})
    client = TestClient(Starlette(routes=web.routes(dialogue, public)))
    assert say(client, headers={"origin": "https://weiquan.example"}).status_code == 200
    assert say(client, headers={"origin": "https://weiquan.example.evil"}).status_code == 403


def test_messages_cannot_be_sent_by_a_link(client):
    assert client.get("/chat/messages").status_code == 405


def test_health_is_one_word(client):
    assert client.get("/health").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/static/../web.py", "/static/%2e%2e/web.py", "/static/"])
def test_only_the_static_files_are_served(client, path):
    assert client.get(path).status_code == 404
