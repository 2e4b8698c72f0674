"""Answers: their identity, what is refused and how, headers, languages, figures."""

import json

import numpy as np
import pytest

from countervail.ensemble import run
from countervail.web import Limits, Settings, create_app
from countervail.web.cache import Answer, Cache
from countervail.web.guards import security_headers
from countervail.web.numbers import rounded

SERIES = "/api/v1/series?draws=100&until=2024Q4&outcome=Compute|Stock@CN&outcome=AI|Frontier lag@CN"


def test_the_same_question_is_answered_without_a_run(client):
    desk = client.app.state.desk
    first = client.get(SERIES)
    runs = desk.metrics.runs
    tag = first.headers["etag"]
    again = client.get(SERIES, headers={"if-none-match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert client.get(SERIES).content == first.content
    assert desk.metrics.runs == runs


@pytest.mark.parametrize(
    "same",
    [
        SERIES + "&scenario=status-quo&seed=0",
        SERIES.replace("draws=100&until=2024Q4", "until=2024Q4&draws=100"),
        SERIES + "&set=us_export_fee=0.4@2023Q1:2040Q4",
        SERIES + "&set=us_export_fee=4e-1@2023Q1",
    ],
)
def test_another_spelling_is_the_same_question(client, same):
    base = SERIES + "&set=us_export_fee=0.4@2023Q1" if "set=" in same else SERIES
    assert client.get(same).headers["etag"] == client.get(base).headers["etag"]


def test_another_question_has_another_identity(client):
    more = ["&seed=1", "&set=us_export_fee=0.4", "&as_of=2023-12-31", "&weights=compute:1", "&lang=zh-Hans"]
    tags = [client.get(SERIES + m).headers["etag"] for m in ["", *more]]
    assert len(set(tags)) == len(tags)


def test_series_holds_the_quantiles_of_the_run_and_who_leads(client):
    answer = client.get(SERIES + "&weights=compute:1,military:1&set=us_export_fee=0.4@2023Q1").json()
    result = run("status-quo", draws=100, until="2024Q4", set=["us_export_fee=0.4@2023Q1"])
    first = answer["series"][0]
    quantiles = result.quantiles("Compute|Stock", "CN")
    np.testing.assert_allclose(first["p5"], quantiles[:, 0], rtol=1e-4)
    np.testing.assert_allclose(first["p95"], quantiles[:, 4], rtol=1e-4)
    yearly = np.quantile(result.annual("Compute|Stock", "CN")[1], 0.5, axis=1)
    np.testing.assert_allclose(first["annual"]["p50"], yearly, rtol=1e-4)
    assert answer["quarters"] == result.quarters

    led = answer["leadership"]
    for sides in (*led["dimensions"].values(), led["composite"]):
        total = np.array(sides["US"]) + sides["CN"] + sides["Parity"]
        np.testing.assert_allclose(total, 1, atol=1e-4)
    assert sum(led["composite"]["simplex"].values()) == pytest.approx(1)
    assert answer["levers"]["us_export_fee"] == [0.0, 0.4, 0.4]
    assert answer["levers"]["us_approval_share"] == [None, None, None]
    assert {"quarter": "2023Q1", "kind": "set"}.items() <= next(
        e for e in answer["events"] if e["id"] == "us_export_fee"
    ).items()


def test_a_composite_of_one_dimension_is_that_dimension(client):
    led = client.get(SERIES + "&weights=sovereignty:2").json()["leadership"]
    alone = {k: v for k, v in led["composite"].items() if k in ("US", "CN", "Parity")}
    for side, shares in alone.items():
        np.testing.assert_allclose(shares, led["dimensions"]["sovereignty"][side], atol=0.011)


def test_labels_come_in_both_languages_and_ids_do_not(client):
    en, zh = (client.get(f"/api/v1/meta?lang={lang}").json() for lang in ("en", "zh-Hans"))
    for kind, key in (("levers", "id"), ("scenarios", "id"), ("outcomes", "variable")):
        assert [r[key] for r in en[kind]] == [r[key] for r in zh[kind]]
    assert en["levers"][0]["label"] != zh["levers"][0]["label"]
    assert {s["title"] for s in en["scenarios"]}.isdisjoint(s["title"] for s in zh["scenarios"])
    assert {c["variable"] for c in en["default_charts"]} <= {o["variable"] for o in en["outcomes"]}


def test_observed_points_name_their_source(client):
    points = client.get("/api/v1/observed").json()["points"]
    assert len(points) > 50
    assert all(p["title"] and p["period"] <= "2026Q1" for p in points)


REFUSED = [
    ("run?draws=0", 422, "draws"),
    ("run?draws=20001", 422, "draws"),
    ("compare?draws=15000", 422, "20,000"),
    ("run?until=2041Q1", 422, "2041Q1"),
    ("run?until=soon", 422, "until"),
    ("run?seed=-1", 422, "seed"),
    ("run?scenario=statusquo", 422, "statusquo"),
    ("run?scenario=../secret.yaml", 422, "secret"),
    ("run?set=us_export_fe=0.1", 422, "us_export_fe"),
    ("run?set=us_export_fee=7", 422, "beyond"),
    ("run?set=fabrication.speed=1", 422, "fabrication.speed"),
    ("run?drawz=10", 422, "drawz"),
    ("run?as_of=yesterday", 422, "yesterday"),
    ("run?" + "&".join(["set=us_export_fee=0.1"] * 101), 422, "set"),
    ("series?outcome=Compute|Stok@CN", 422, "Stok"),
    ("series?outcome=Compute|Stock@XX", 422, "XX"),
    ("series?weights=compute:-1", 422, "weight"),
    ("series?weights=compute:nan", 422, "weight"),
    ("series?weights=might:1", 422, "might"),
    ("compare?scenario=mandate&scenario=mandate", 422, "twice"),
    ("compare?scenario=mandate", 422, "scenario"),
    ("rules/check?chip=H20X&on=2026-02-01", 422, "H20X"),
    ("rules/check?chip=H200&on=2051-02-01", 422, "2051"),
    ("rules/check?chip=H200&on=2026-02-01&facts=/etc/hostname", 422, "KEY=VALUE"),
    ("claims?file=/etc/passwd", 422, "/etc/passwd"),
    ("why?variable=Compute|Stock&region=CN", 422, "nothing differs"),
    ("evidence/nothing", 404, "nothing"),
    ("nothing", 404, "nothing"),
]


@pytest.mark.parametrize(("path", "status", "says"), REFUSED, ids=[r[0][:50] for r in REFUSED])
def test_bad_questions_are_refused_in_one_sentence(client, path, status, says):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert says in problem["detail"]
    assert problem["hint"]
    assert problem["status"] == status
    assert "Traceback" not in answer.text


def test_wrong_methods_and_bodies_are_problems_too(client):
    assert client.delete("/api/v1/run").status_code == 405
    for sent in (
        b"{",
        b"[]",
        b"null",
        b'{"scenario": 3}',
        b'{"scenario": "status-quo", "extra": 1}',
    ):
        answer = client.post("/api/v1/run", content=sent, headers={"content-type": "application/json"})
        assert answer.status_code == 422, sent
        assert answer.headers["content-type"] == "application/problem+json"
    answer = client.post("/api/v1/run", content=b"\xff", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("told", [True, False])
def test_a_large_body_is_refused(client, told):
    body = json.dumps({"scenario_yaml": "x" * 300_000}).encode()
    content = body if told else iter([body[:200_000], body[200_000:]])
    answer = client.post("/api/v1/run", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    assert "256 kB" in answer.json()["detail"]


def test_a_yaml_bomb_is_refused(client):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefg", "bcdefgh", strict=True)]
    answer = client.post("/api/v1/run", json={"scenario_yaml": "\n".join(lines)})
    assert answer.status_code == 422
    assert "expands" in answer.json()["detail"]


def test_a_fault_says_nothing_of_the_inside(client, monkeypatch):
    monkeypatch.setattr("countervail.api.levers", lambda **_: 1 / 0)
    answer = client.get("/api/v1/levers?as_of=2024-02-03")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "division" not in answer.text


def test_every_answer_has_security_headers(client):
    for path in ("/api/v1/health", "/api/v1/nothing", "/", "/api/v1/docs"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    embedding = dict(security_headers(["https://example.org"]))
    assert b"frame-ancestors https://example.org" in embedding[b"content-security-policy"]
    assert b"x-frame-options" not in embedding


def test_large_answers_are_packed_for_those_who_like_it(client):
    packed = client.get("/api/v1/levers", headers={"accept-encoding": "gzip"})
    plain = client.get("/api/v1/levers", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


def test_exports_are_what_a_run_writes(client, tmp_path):
    from countervail import api

    api.run("status-quo", draws=100, until="2024Q4", out=tmp_path)
    asked = "draws=100&until=2024Q4"
    csv = client.get(f"/api/v1/export/csv?{asked}")
    assert csv.content == (tmp_path / "outcomes.csv").read_bytes()
    assert "attachment" in csv.headers["content-disposition"]
    report = client.get(f"/api/v1/export/report?{asked}")
    assert report.text.startswith("<!doctype html>") or report.text.startswith("<!DOCTYPE html>")
    assert "sandbox" in report.headers["content-security-policy"]
    assert client.get(f"/api/v1/export/xlsx?{asked}").content[:2] == b"PK"


def test_health_and_metrics(client):
    health = client.get("/api/v1/health").json()
    assert health["status"] == "ready"
    assert health["posterior"] and health["fingerprint"]
    client.get("/api/v1/levers")
    text = client.get("/api/v1/metrics").text
    assert 'countervail_requests_total{method="GET",route="/levers",status="200"}' in text
    assert 'le="+Inf"' in text
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))


def test_the_page_of_routes_loads_nothing_from_elsewhere(client):
    text = client.get("/api/v1/docs").text
    assert "/api/v1/series" in text
    assert "http" not in text.replace("https://countervail", "")
    assert "<script" not in text


def test_numbers_have_five_significant_digits():
    assert rounded([123456.0, 0.00012345678, 0.0, -98765432.1, 1.0]) == [
        123460.0,
        0.00012346,
        0.0,
        -98765000.0,
        1.0,
    ]
    assert rounded([[np.nan, 2.0], [np.inf, 1 / 3]]) == [[None, 2.0], [None, 0.33333]]
    assert rounded(np.float32([1e-30, 1e30]))[0] == pytest.approx(1e-30, rel=1e-4)


def test_the_cache_forgets_the_least_recently_asked():
    cache = Cache(10_000)
    for name in "abcd":
        cache.put(name, Answer(b"x" * 1900))
    assert cache.get("a") is not None
    cache.put("e", Answer(b"x" * 1900))
    assert cache.get("b") is None
    assert cache.get("a") is not None
    cache.put("huge", Answer(b"x" * 9000))
    assert cache.get("huge") is None
    assert cache.held <= 10_000


def test_a_page_that_is_not_built_is_said_and_one_that_is_has_its_headers(tmp_path):
    from fastapi.testclient import TestClient

    static, presets = tmp_path / "static", tmp_path / "presets"
    with TestClient(create_app(Settings(static=static, presets=presets, warm=False))) as client:
        assert "not built" in client.get("/").json()["detail"]
        (static / "assets").mkdir(parents=True)
        (static / "index.html").write_text("<title>page</title>")
        (static / "assets" / "app-Ab12Cd34.js").write_text("x" * 2000)
        (tmp_path / "secret.txt").write_text("secret")
        presets.mkdir()
        (presets / "index.json").write_text("{}")

        page = client.get("/")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
        assert client.get("/rules/h200").text == page.text  # a deep link
        assert client.get("/", headers={"if-none-match": page.headers["etag"]}).status_code == 304
        asset = client.get("/assets/app-Ab12Cd34.js")
        assert "immutable" in asset.headers["cache-control"]
        assert asset.headers["content-type"].startswith("text/javascript")
        assert asset.headers["content-encoding"] == "gzip"
        assert client.get("/presets/index.json").json() == {}
        for path in ("/missing.js", "/..%2fsecret.txt", "/presets/..%2f..%2fsecret.txt", "/api/v2/run"):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert "secret" not in answer.text.replace("secret.txt", "")


def test_limits_of_a_server_can_be_tighter():
    from fastapi.testclient import TestClient

    settings = Settings(warm=False, limits=Limits(draws=50))
    with TestClient(create_app(settings)) as client:
        answer = client.get("/api/v1/run?draws=51")
        assert answer.status_code == 422
        assert "50" in answer.json()["hint"]
