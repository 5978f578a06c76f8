"""The frame that all pages share: the way between them, who runs it, and what it may load."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from bot.channels import web_guard
from bot.library import load

OPEN = ["/", "/recalls", "/totals", "/privacy", "/call", "/no-such-page", "/recalls/NO-SUCH"]


@pytest.mark.parametrize("operator", ["independent", "bureau"])
@pytest.mark.parametrize("path", OPEN)
def test_every_page_has_its_frame(build, settings, path, operator):
    client = TestClient(build(settings.model_copy(update={"operator": operator})))
    page = client.get(path, headers={"accept": "text/html"})
    run_by = load("pages")["run_by"][operator].replace("{district}", "天津市西青区")
    assert run_by in unescape(page.text)
    assert 'href="tel:12315"' in page.text and 'href="/privacy"' in page.text
    for one in load("pages")["site"]["links"]:
        assert f'<a href="{one["url"]}"' in page.text
    current = re.findall(r'<a href="([^"]+)" aria-current="page">', page.text)
    assert current == ([path] if path in ("/", "/recalls", "/totals") else [])


@pytest.mark.parametrize("path", OPEN)
def test_nothing_is_written_into_the_page_that_the_policy_forbids(build, settings, path):
    page = TestClient(build(settings)).get(path, headers={"accept": "text/html"})
    assert page.headers["content-security-policy"] == web_guard.SECURITY["Content-Security-Policy"]
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=\"/static/)", page.text)


def test_the_page_about_personal_data_says_what_stands_above_the_forms(build, settings):
    page = unescape(TestClient(build(settings)).get("/privacy").text)
    for row in load("pages")["mine"]["told"]["rows"]:
        assert row["what"] in page
    assert f"{settings.record_days} 天后删除" in page and "{" not in page.split("<main")[1]
