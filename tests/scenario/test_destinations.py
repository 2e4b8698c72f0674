import pytest

from countervail.errors import UserError
from countervail.scenario.destinations import bloc_of, destinations, weights


def test_every_country_has_a_bloc_and_weights_sum_to_one():
    table = destinations()
    assert len(table) > 240 and {d.bloc for d in table.values()} == {"US", "CN", "AL", "RW"}
    for bloc in ("US", "CN", "AL", "RW"):
        assert sum(weights(bloc).values()) == pytest.approx(1)
        assert sum(d.weight for d in table.values() if d.bloc == bloc) == pytest.approx(1, abs=0.001)


def test_weights_without_a_measurement_are_marked_as_assumptions():
    assert {d.basis for d in destinations().values() if d.iso2 != "US"} == {"assumption"}


@pytest.mark.parametrize(
    ("iso2", "bloc"),
    [
        ("HK", "CN"),
        ("MO", "CN"),
        ("TW", "AL"),
        ("JP", "AL"),
        ("de", "AL"),
        ("AE", "RW"),
        ("IN", "RW"),
        ("SG", "RW"),
    ],
)
def test_countries_are_in_their_bloc(iso2, bloc):
    assert bloc_of(iso2) == bloc


def test_an_unknown_country_is_an_error():
    with pytest.raises(UserError, match="unknown country"):
        bloc_of("QX")


def test_countries_are_those_the_rules_know():
    from countervail.rules.regime import Regime

    assert set(destinations()) <= set(Regime.load().groups.codes()) | {"XK"}
