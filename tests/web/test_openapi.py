"""The description of the API: every route has words and an example, and answers what it says for any question."""

import re

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from countervail.web import Limits, Settings, create_app
from countervail.web.app import PREFIX

APP = create_app(Settings(warm=False, limits=Limits(draws=20, interactive_draws=20)))
CONFIG = schemathesis.Config.from_dict(
    {"request-timeout": 120, "generation": {"mode": "all", "allow-x00": False}}
)
SCHEMA = schemathesis.openapi.from_dict(APP.openapi(), config=CONFIG)
SCHEMA = SCHEMA.exclude(path_regex="/backtest$")  # scores every hindcast, which takes many seconds
SCHEMA.app = APP
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
SLOW = re.compile(r"/export/(report|xlsx)|/why|/rules/design|/claims")


@SCHEMA.include(path_regex=SLOW.pattern).parametrize()
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
def test_slow_routes_answer_as_described(case):
    _ask(case)


@SCHEMA.exclude(path_regex=SLOW.pattern).parametrize()
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_routes_answer_as_described(case):
    _ask(case)


def _ask(case):
    case.call_and_validate(checks=CHECKS)


def test_every_route_says_what_it_does_and_gives_an_example():
    for path, verbs in APP.openapi()["paths"].items():
        for verb, about in verbs.items():
            assert about.get("description"), f"{verb} {path}"
            examples = [p for p in about.get("parameters", []) if _has_example(p)]
            asked = [p for p in about.get("parameters", []) if p["in"] != "header"]
            answer = about["responses"]["200"].get("content", {})
            shown = any("example" in c for c in answer.values())
            assert examples or shown or "requestBody" in about or not asked, f"{verb} {path} has no example"


def _has_example(parameter):
    return any("example" in str(part) for part in (parameter, parameter.get("schema", {})))


def test_all_routes_of_the_contract_exist():
    paths = {p.removeprefix(PREFIX) for p in APP.openapi()["paths"]}
    named = (
        "/run /compare /series /meta /observed /why /levers /scenarios /outcomes /chips /measures /alliances /sources"
        " /timeline /evidence /claims /mechanisms /mechanisms/{name} /parameters /health /metrics /rules/check"
        " /rules/timeline /rules/diff /rules/design /rules/thresholds /export/report /export/scenario /export/csv"
        " /export/xlsx"
    )
    assert set(named.split()) <= paths
