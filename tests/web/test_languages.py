"""Answers in Chinese: labels and sentences, while ids, numbers and words of the law stay the same."""

import re

import pytest
from fastapi.testclient import TestClient

HAN = re.compile("[\u4e00-\u9fff]")
SHORT = "scenario=status-quo&draws=64&until=2024Q4"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("rules/check?chip=H200&to=CN&on=2026-03-01", lambda d: d["conditions"][0]["text"]),
        ("claims?file=article-2025-12", lambda d: d["claims"][0]["assertions"][0]["reason"]),
        ("rules/thresholds?on=2026-03-01&to=CN", lambda d: str(d)),
        ("mechanisms", lambda d: d["mechanisms"][0]["title"]),
        (f"series?{SHORT}&outcome=Compute|Stock@CN", lambda d: d["title"]),
    ],
)
def test_sentences_are_told_in_the_language_asked_for(client: TestClient, path: str, where):
    sign = "&" if "?" in path else "?"
    english = client.get(f"/api/v1/{path}").json()
    chinese = client.get(f"/api/v1/{path}{sign}lang=zh-Hans").json()
    assert not HAN.search(where(english))
    assert HAN.search(where(chinese))


def test_the_words_of_the_law_stay(client: TestClient):
    path = "/api/v1/rules/check?chip=H200&to=CN&on=2026-03-01"
    english, chinese = client.get(path).json(), client.get(path + "&lang=zh-Hans").json()
    for key in ("outcome", "measure", "classification", "cap", "fee"):
        same = (
            {k: v for k, v in english[key].items() if k not in ("of", "base")}
            if key in ("cap", "fee")
            else None
        )
        if same is None:
            assert english[key] == chinese[key]
        else:
            assert same.items() <= chinese[key].items()
    assert [f["from"] for f in english["flips"]] == [f["from"] for f in chinese["flips"]]


def test_a_report_is_written_in_chinese(client: TestClient):
    text = client.get(f"/api/v1/export/report?{SHORT}&lang=zh-Hans").text
    assert '<html lang="zh-Hans">' in text
    assert "现状：休战延续" in text
