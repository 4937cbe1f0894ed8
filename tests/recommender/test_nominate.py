import numpy as np

from recommender.index import Index, id_of
from recommender.nominate import POOL, Candidate, nominate


def _digest(number: int) -> str:
    return f"{number:016x}" + "0" * 48


def _zoo(places: dict[int, float], families: dict[int, str] | None = None):
    """An index with devices at places on a line, and all of them as candidates."""
    index = Index("k", (1, 1))
    points = np.array([[place] for place in places.values()], np.float32)
    index.add([id_of(_digest(n)) for n in places], points, points)
    families = families or {}
    return index, {_digest(n): Candidate(_digest(n), families.get(n, _digest(n))) for n in places}


def _numbers(nominees) -> list[int]:
    return [int(nominee.id[:16], 16) for nominee in nominees]


def test_the_nearest_are_nominated_in_order() -> None:
    index, candidates = _zoo({2: 5.0, 4: 1.0, 6: 3.0})
    nominees = nominate(index, "paired", np.zeros(1, np.float32), candidates, count=2)
    assert _numbers(nominees) == [4, 6]
    assert [nominee.distance for nominee in nominees] == [1.0, 3.0]


def test_a_sound_is_nominated_once() -> None:
    index, candidates = _zoo({2: 1.0, 4: 1.0, 6: 2.0})
    assert _numbers(nominate(index, "paired", np.zeros(1, np.float32), candidates, count=3)) == [2, 6]


def test_a_family_takes_three_places_at_most() -> None:
    places = {2 * n: float(n) for n in range(1, 7)}
    index, candidates = _zoo(places, dict.fromkeys([2, 4, 6, 8], "tweed"))
    assert _numbers(nominate(index, "paired", np.zeros(1, np.float32), candidates, count=4)) == [2, 4, 6, 10]


def test_a_crowd_of_kin_does_not_keep_the_list_short() -> None:
    places = {2 * n: float(n) for n in range(1, 60)}
    index, candidates = _zoo(places, {2 * n: "tweed" for n in range(1, 50)})
    nominees = nominate(index, "wet", np.zeros(1, np.float32), candidates, count=8)
    assert _numbers(nominees) == [2, 4, 6, 100, 102, 104, 106, 108]


def test_only_candidates_are_nominated() -> None:
    index, candidates = _zoo({2: 1.0, 4: 2.0})
    del candidates[_digest(2)]
    assert _numbers(nominate(index, "paired", np.zeros(1, np.float32), candidates)) == [4]
    assert nominate(index, "paired", np.zeros(1, np.float32), {}) == []


def test_a_promise_comes_before_nearness() -> None:
    index, candidates = _zoo({2: 5.0, 4: 1.0, 6: 3.0})
    promise = {_digest(2): 0.0, _digest(4): 2.0, _digest(6): 1.0}
    nominees = nominate(
        index, "paired", np.zeros(1, np.float32), candidates, count=2, promise=lambda i, _distance: promise[i]
    )
    assert _numbers(nominees) == [2, 6]
    assert [nominee.distance for nominee in nominees] == [5.0, 3.0]


def test_a_family_takes_three_places_whatever_it_promises() -> None:
    places = {2 * n: float(n) for n in range(1, 7)}
    index, candidates = _zoo(places, dict.fromkeys([6, 8, 10, 12], "tweed"))
    farthest = {"promise": lambda _, distance: -distance, "count": 4}
    nominees = nominate(index, "paired", np.zeros(1, np.float32), candidates, **farthest)
    assert _numbers(nominees) == [12, 10, 8, 4]


def test_who_is_known_is_considered_however_far() -> None:
    places = {2 * n: float(n) for n in range(1, POOL + 100)}
    index, candidates = _zoo(places)
    far = 2 * (POOL + 90)
    promise = {_digest(number): 1.0 for number in places} | {_digest(far): 0.0}

    def asked(known: list[str]) -> list[int]:
        return _numbers(
            nominate(
                index, "wet", np.zeros(1, np.float32), candidates, count=2,
                promise=lambda i, _distance: promise[i], known=known,
            )
        )  # fmt: skip

    assert far not in asked([])
    assert asked([_digest(far), _digest(1)])[0] == far  # the other one is no candidate
