"""Monthly threads read whole: which threads, which of their comments, and what is not taken for complete."""

from __future__ import annotations

import pytest

from crawler.hiring_threads import ITEM_HOST
from crawler.run import plan
from tests.crawler.replaying import lines, record, replayed
from warehouse.schema.layout import DataFolder

MONTHS = ("January", "February", "March", "April")
ROLES = "tests.crawler.seeker_roles.roles"


@pytest.fixture
def data(tmp_path):
    return DataFolder(tmp_path / "data")


class Threads:
    """Threads of one kind, one a month, as the item API and the search answer for them."""

    def __init__(self, root, asks="Who is hiring?"):
        self.recordings = root / "recordings"
        self.ids = [50_000_000 + n * 1000 for n in range(len(MONTHS))]
        self.titles = [f"Ask HN: {asks} ({month} 2026)" for month in MONTHS]
        hits = [
            {"author": "whoishiring", "title": title, "objectID": str(id_)}
            for id_, title in zip(self.ids, self.titles, strict=True)
        ]
        record(self.recordings, "hn.algolia.com/api/v1/search_by_date.json", {"hits": hits, "nbHits": len(hits)})
        for month in range(len(MONTHS)):
            self.write(month)

    def write(self, month, *, kids=(1, 2, 3), told=(1, 2, 3), alone=(), by="whoishiring", **tree):
        """Write one thread: the comments it lists, those the search tells, those the item API is asked for."""
        thread = self.ids[month]
        story = {"by": by, "id": thread, "kids": [thread + n for n in kids], "title": self.titles[month]}
        record(self.recordings, f"{ITEM_HOST}/v0/item/{thread}.json", story)
        told = {"author": by, "title": self.titles[month], "children": [self.child(month, n) for n in told]} | tree
        record(self.recordings, f"hn.algolia.com/api/v1/items/{thread}.json", told)
        for n in alone:
            comment = {
                "by": f"p{n}",
                "id": thread + n,
                "parent": thread,
                "text": f"Acme {n} | Welder",
                "time": 1_700_000_000,
            }
            record(self.recordings, f"{ITEM_HOST}/v0/item/{thread + n}.json", comment)

    def child(self, month, n):
        thread = self.ids[month]
        said = {"author": f"p{n}", "text": f"Acme {n} | Welder", "created_at_i": 1_700_000_000 + n}
        return {"id": thread + n, "parent_id": thread, "type": "comment", "children": [], **said}

    def asked(self, server, host):
        """Return the items asked for on a host, as the month and the number in it."""
        found = [
            int(target.rpartition("/")[2].removesuffix(".json"))
            for target in server.asked
            if f"/{host}/" in target and "item" in target
        ]
        return sorted(((id_ - self.ids[0]) // 1000, id_ % 1000) for id_ in found)


@pytest.fixture
def threads(tmp_path):
    return Threads(tmp_path)


def taken(data, source="hackernews"):
    return {line["posting_id"] for line in lines(data.sightings) if line["source"] == source}


def test_a_default_crawl_reads_every_month(data):
    assert [board.token for board in plan(data)["hackernews"]] == ["all"]
    assert [board.token for board in plan(data)["hackernews_seekers"]] == ["all"]


def test_a_thread_costs_two_requests_and_only_the_last_two_are_read_again(threads, data):
    first, server = replayed(data, threads.recordings, [("hackernews", "all")])
    assert (first.complete, first.postings) == (5, 12)
    assert threads.asked(server, "hn.algolia.com") == threads.asked(server, ITEM_HOST) == [(n, 0) for n in range(4)]
    again, server = replayed(data, threads.recordings, [("hackernews", "all")])
    assert threads.asked(server, "hn.algolia.com") == [(2, 0), (3, 0)]
    assert again.not_complete == []


def test_latest_and_a_month_stand_for_their_threads(threads, data):
    _, server = replayed(data, threads.recordings, [("hackernews", "latest")])
    assert threads.asked(server, "hn.algolia.com") == [(2, 0), (3, 0)]
    _, server = replayed(data, threads.recordings, [("hackernews", "2026-02")])
    assert threads.asked(server, "hn.algolia.com") == [(1, 0)]


def test_the_item_api_says_which_comments_there_are(threads, data):
    # Comment 4 is not in the tree yet, 5 is no longer in the thread, 6 was deleted and has no words.
    threads.write(0, kids=(1, 4, 6), told=(1, 5), alone=(4,))
    record(threads.recordings, f"{ITEM_HOST}/v0/item/{threads.ids[0] + 6}.json", {"id": 6, "deleted": True})
    _, server = replayed(data, threads.recordings, [("hackernews", str(threads.ids[0]))])
    assert taken(data) == {str(threads.ids[0] + 1), str(threads.ids[0] + 4)}
    assert threads.asked(server, ITEM_HOST) == [(0, 0), (0, 4), (0, 6)]
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["pages"]) == ("complete", 4)


def test_a_comment_is_the_same_whichever_way_it_came(threads, data):
    threads.write(0, told=(1,), alone=(2, 3))
    replayed(data, threads.recordings, [("hackernews", str(threads.ids[0]))])
    alike = [{name for name, value in line.items() if value} for line in lines(data.sightings)]
    assert alike[0] == alike[1] == alike[2]
    assert [line["posted_raw"][:7] for line in lines(data.sightings)] == ["1700000"] * 3


def test_a_tree_that_lacks_too_much_is_not_complete(threads, data):
    kids = range(1, 101)
    threads.write(0, kids=kids, told=range(1, 41))
    _, server = replayed(data, threads.recordings, [("hackernews", str(threads.ids[0]))])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["reason"]) == ("partial", "the board says 100 postings, 40 were read")
    assert len(taken(data)) == 40
    assert threads.asked(server, ITEM_HOST) == [(0, 0)]


@pytest.mark.parametrize("tree", [{"children": None}, {"children": "none"}])
def test_a_tree_of_another_shape_is_unreadable(tree, threads, data):
    threads.write(0, **tree)
    replayed(data, threads.recordings, [("hackernews", str(threads.ids[0]))])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["reason"]) == ("failed", "the answer has no children")


def test_another_account_s_thread_is_none(threads, data):
    threads.write(0, by="somebody")
    _, server = replayed(data, threads.recordings, [("hackernews", str(threads.ids[0]))])
    (reading,) = lines(data.readings)
    assert reading["outcome"] == "failed"
    assert "none of this source's" in reading["reason"]
    assert not threads.asked(server, ITEM_HOST)


def test_a_thread_without_comments_yet_is_complete(threads, data):
    threads.write(0, kids=())
    replayed(data, threads.recordings, [("hackernews", str(threads.ids[0]))])
    (reading,) = lines(data.readings)
    assert (reading["outcome"], reading["postings"]) == ("complete", 0)


def test_seekers_are_counted_where_the_whole_thread_was_read(tmp_path, data):
    threads = Threads(tmp_path, "Who wants to be hired?")
    threads.write(0, kids=range(1, 101), told=range(1, 41))
    replayed(data, threads.recordings, [("hackernews_seekers", "all")], seeker_roles=ROLES)
    months = {line["month_on"]: line["n_seekers"] for line in lines(data.series)}
    assert months == {"2026-02-01": 3, "2026-03-01": 3, "2026-04-01": 3}
    assert not taken(data, "hackernews_seekers")
