"""The program that meters is killed, forked, ended or told to end: every event arrives exactly once or is in the drop counter."""

import os
import signal
from pathlib import Path

import pytest
from metering_host import Host, run_host
from real_server import RealServer

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

SEND_ORPHANS = """
with Meter(url, spool_dir=spool) as meter:
    record(meter, "next")
    assert meter.flush(20)
    # Files, because the stats do not know yet what is in a file that was not taken over. One may be there: its own.
    others = lambda: len(list(Path(spool).glob("*/*.spool"))) > 1
    found = lambda: meter.stats().recovered + meter.stats().dropped
    wait_until(lambda: found() >= int(os.environ["ORPHANS"]) and not others() and meter.stats().spooled == 0)
    say(meter.stats().recovered, meter.stats().dropped)
"""


def names(name: str, count: int) -> list[str]:
    """Return the ids that a program's `record` gives."""
    return [f"{name}-{number}" for number in range(count)]


def send_orphans(server: RealServer, spool: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Run the next process until it has taken this many over; return how many it sent and dropped of them."""
    monkeypatch.setenv("ORPHANS", str(count))
    recovered, dropped = run_host(SEND_ORPHANS, server.url, spool).split()
    return int(recovered), int(dropped)


def test_a_killed_program_leaves_its_events_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that had reached the disk."""
    server = RealServer(tmp_path / "data")
    program = "meter = Meter(url, spool_dir=spool); record(meter, 'killed', 500)\n"
    program += "wait_until(lambda: meter.stats().spooled == 500); say('spooled'); wait_line()"
    host = Host(program, server.url, tmp_path / "spool")
    assert host.line() == "spooled"
    host.kill()

    with server:
        assert send_orphans(server, tmp_path / "spool", 500, monkeypatch) == (500, 0)
        assert sorted(server.ids()) == sorted(names("killed", 500) + names("next", 1))
        assert server.repeats() == 0, "something was sent twice"
    assert list(tmp_path.glob("spool/*/*")) == [], "no file is left"


def test_a_program_killed_at_any_time_loses_only_what_no_disk_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had seen on disk arrives, and nothing arrives that it had not metered; a frame that was cut is counted."""
    program = "meter = Meter(url, spool_dir=spool, queue_events_max=1_000_000)\nfor batch in range(10_000):\n"
    # The pause lets the background have its turns, as a program's own waiting does.
    program += "    record(meter, f'b{batch}', 50); say(batch, meter.stats().spooled); time.sleep(0.001)"
    for round_number in range(3):
        server = RealServer(tmp_path / f"data{round_number}")
        host = Host(program, server.url, tmp_path / "spool")
        spooled = 0
        while spooled < 300 * (round_number + 1):
            spooled = int(host.line().split()[1])
        host.kill()

        with server:
            recovered, dropped = send_orphans(server, tmp_path / "spool", spooled, monkeypatch)
            ids = server.ids()
        assert recovered >= spooled
        assert dropped <= 1
        metered = [f"b{number // 50}-{number % 50}" for number in range(recovered)]
        assert sorted(ids) == sorted([*metered, "next-0"]), "not the first ones that it metered"


def test_without_a_disk_a_killed_program_loses_all(tmp_path: Path) -> None:
    """So the tests of this file would notice."""
    server = RealServer(tmp_path / "data")
    host = Host("meter = Meter(url, spool_dir=spool); record(meter, 'killed', 5); say('metered'); wait_line()", server.url, None)
    assert host.line() == "metered"
    host.kill()

    with server:
        run_host("with Meter(url, spool_dir=spool) as meter: record(meter, 'next')", server.url, tmp_path / "spool")
        assert server.ids() == ["next-0"]


def test_an_end_without_a_server_leaves_the_events_to_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the stats of the one that ended say so."""
    server = RealServer(tmp_path / "data")
    program = "meter = Meter(url, spool_dir=spool, exit_seconds=0.1); record(meter, 'ended', 20); meter.close()\n"
    program += "stats = meter.stats(); say(stats.queued, stats.spooled, stats.sent, stats.dropped)"
    assert run_host(program, server.url, tmp_path / "spool").split() == ["20", "20", "0", "0"]

    with server:
        assert send_orphans(server, tmp_path / "spool", 20, monkeypatch) == (20, 0)
        assert sorted(server.ids()) == sorted(names("ended", 20) + names("next", 1))


def test_the_end_of_the_interpreter_delivers(tmp_path: Path) -> None:
    """What is metered in functions that run at the end, before ours, included; what comes after is counted."""
    program = "atexit.register(lambda: say(meter.stats().sent, meter.stats().dropped)); atexit.register(lambda: record(meter, 'late'))\n"
    program += "meter = Meter(url, spool_dir=spool, batch_wait_seconds=60)\n"
    program += "atexit.register(lambda: record(meter, 'early')); record(meter, 'now', 5)"
    with RealServer(tmp_path / "data") as server:
        assert run_host(program, server.url, tmp_path / "spool").split() == ["6", "1"]
        assert sorted(server.ids()) == sorted(names("now", 5) + names("early", 1))


def test_an_interpreter_that_starts_no_threads_any_more_delivers(tmp_path: Path) -> None:
    """The first event comes at the very end, when newer Pythons refuse to start threads."""
    program = "meter = Meter(url, spool_dir=spool)\ndef late():\n    def refuse(*_): raise RuntimeError('no threads')\n"
    program += "    threading.Thread.start = refuse; record(meter, 'late', 3)\natexit.register(late)"
    with RealServer(tmp_path / "data") as server:
        run_host(program, server.url, tmp_path / "spool")
        assert sorted(server.ids()) == names("late", 3)


def test_sigterm_delivers_and_ends_the_program(tmp_path: Path) -> None:
    """As the signal would have ended it."""
    program = "meter = Meter(url, spool_dir=None, batch_wait_seconds=60); record(meter, 'now', 20); say('metered'); wait_line()"
    with RealServer(tmp_path / "data") as server:
        host = Host(program, server.url, None)
        assert host.line() == "metered"
        host.process.send_signal(signal.SIGTERM)
        host.end(-signal.SIGTERM)
        assert sorted(server.ids()) == sorted(names("now", 20))


def test_without_our_handler_sigterm_loses_what_memory_has(tmp_path: Path) -> None:
    """So the test above would notice."""
    program = "meter = Meter(url, spool_dir=None, batch_wait_seconds=60, handles_sigterm=False)\n"
    program += "record(meter, 'now'); say('metered'); wait_line()"
    with RealServer(tmp_path / "data") as server:
        host = Host(program, server.url, None)
        assert host.line() == "metered"
        host.process.send_signal(signal.SIGTERM)
        host.end(-signal.SIGTERM)
        assert server.ids() == []


@pytest.mark.parametrize("is_first", [True, False], ids=["set before", "set after"])
def test_the_programs_own_sigterm_handler_stays(is_first: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    """It runs alone, and its exit delivers."""
    lines = ["meter = Meter(url, spool_dir=spool, batch_wait_seconds=60)", "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))"]
    program = "\n".join([*(reversed(lines) if is_first else lines), "record(meter, 'now', 5); say('metered'); wait_line()"])
    with RealServer(tmp_path / "data") as server:
        host = Host(program, server.url, tmp_path / "spool")
        assert host.line() == "metered"
        host.process.send_signal(signal.SIGTERM)
        host.end(7)
        assert sorted(server.ids()) == names("now", 5)


def test_a_handler_that_passes_sigterm_on_decides_when_to_end(tmp_path: Path) -> None:
    """Ours delivers then, and leaves the end to the program."""
    program = "meter = Meter(url, spool_dir=None, batch_wait_seconds=60); ours = signal.getsignal(signal.SIGTERM)\n"
    program += "def on_term(*arguments):\n    ours(*arguments); record(meter, 'after'); sys.exit(7)\n"
    program += "signal.signal(signal.SIGTERM, on_term); record(meter, 'now', 5); say('metered'); wait_line()"
    with RealServer(tmp_path / "data") as server:
        host = Host(program, server.url, None)
        assert host.line() == "metered"
        host.process.send_signal(signal.SIGTERM)
        host.end(7)
        assert sorted(server.ids()) == sorted(names("now", 5) + names("after", 1))


def test_forked_children_meter_for_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server forks after it has metered, as with preloading: parent and children deliver, also those that end without notice."""
    program = """
meter = Meter(url, spool_dir=spool); record(meter, "before", 30)
children = []
for name in ("calm", "hasty"):
    child = os.fork()
    if child == 0:
        record(meter, name, 40)
        # Not `stats().spooled`, which counts what a child takes over from its sibling too.
        wait_until(lambda: meter._sender._outbox.spooled() == 40)
        assert meter.stats().queued == 40
        if name == "calm":
            sys.exit()
        os._exit(0)
    children.append(child)
record(meter, "after", 30)
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
assert meter.stats().queued == 60
say("forked"); wait_line()
"""
    server = RealServer(tmp_path / "data")
    host = Host(program.replace("Meter(url,", "Meter(url, exit_seconds=0.1,"), server.url, tmp_path / "spool")
    assert host.line() == "forked"
    host.kill()

    with server:
        assert send_orphans(server, tmp_path / "spool", 140, monkeypatch) == (140, 0)
        assert sorted(server.ids()) == sorted(
            names("before", 30) + names("after", 30) + names("calm", 40) + names("hasty", 40) + names("next", 1)
        )
        assert server.repeats() == 0, "a child sent what was its parent's"


def test_a_child_does_not_keep_its_dead_parents_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is shared with children until they close their copy of it."""
    program = """
meter = Meter(url, spool_dir=spool); record(meter, "parent", 30); wait_until(lambda: meter.stats().spooled == 30)
if os.fork() == 0:
    say(os.getpid()); wait_line(); os._exit(0)
os.kill(os.getpid(), signal.SIGKILL)
"""
    server = RealServer(tmp_path / "data")
    host = Host(program, server.url, tmp_path / "spool")
    child = int(host.line())
    assert host.process.wait(20) == -9
    with server:
        assert send_orphans(server, tmp_path / "spool", 30, monkeypatch) == (30, 0)
        os.kill(child, 0)
    host.tell()
    host.end(-9)


def test_processes_that_run_leave_each_others_files_alone(tmp_path: Path) -> None:
    """Each sends its own, once, though all share the folder."""
    program = "meter = Meter(url, spool_dir=spool); record(meter, str(os.getpid()), 50); wait_until(lambda: meter.stats().spooled == 50)\n"
    program += "say(os.getpid()); wait_line(); assert meter.flush(20); say(meter.stats().sent, meter.stats().recovered)"
    server = RealServer(tmp_path / "data")
    hosts = [Host(program, server.url, tmp_path / "spool") for _ in range(3)]
    expected = [name for host in hosts for name in names(host.line(), 50)]
    with server:
        for host in hosts:
            host.tell()
        assert [host.end().split() for host in hosts] == [["50", "0"]] * 3
        assert sorted(server.ids()) == sorted(expected)
        assert server.repeats() == 0


def test_a_full_disk_costs_memory_then_a_count(tmp_path: Path) -> None:
    """The disk takes some, memory takes some, the rest is dropped and counted; the server gets exactly the others."""
    program = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
meter = Meter(url, spool_dir=spool, queue_events_max=50)
for number in range(400):
    record(meter, str(number))
    wait_until(lambda: meter.stats().queued + meter.stats().dropped == number + 1)
    time.sleep(0.0005)
stats = meter.stats()
assert "File too large" in stats.last_error or stats.dropped, stats
say(stats.spooled, stats.queued - stats.spooled, stats.dropped); wait_line()
assert meter.flush(20)
record(meter, "later"); assert meter.flush(20)
say(meter.stats().sent, meter.stats().dropped, meter.stats().queued)
"""
    server = RealServer(tmp_path / "data")
    host = Host(program, server.url, tmp_path / "spool")
    on_disk, in_memory, dropped = (int(word) for word in host.line().split())
    assert on_disk > 10, "the disk took none"
    assert in_memory == 50
    assert dropped == 400 - on_disk - in_memory > 0, "it was not full"
    with server:
        host.tell()
        assert host.end().split() == [str(400 - dropped + 1), str(dropped), "0"]
        assert len(set(server.ids())) == 400 - dropped + 1


def test_a_folder_that_cannot_be_used_harms_no_call(tmp_path: Path) -> None:
    """Events wait in memory, and the log says it once."""
    (tmp_path / "file").write_text("not a folder")
    program = "import logging; logging.basicConfig(stream=sys.stdout)\nmeter = Meter(url, spool_dir=spool); record(meter, 'now', 5)\n"
    program += "assert meter.flush(20); assert meter.stats().sent == 5"
    with RealServer(tmp_path / "data") as server:
        said = run_host(program, server.url, tmp_path / "file")
        assert sorted(server.ids()) == names("now", 5)
    assert said.count("the disk does not serve") == 1


def test_the_hosts_thread_touches_neither_disk_nor_socket(tmp_path: Path) -> None:
    """Every file and socket that it opens would be heard by the interpreter's own audit; the background's are."""
    program = """
heard = {"host": set(), "background": set()}
def listen(event, arguments):
    if event.startswith("socket.") or event in ("open", "os.mkdir", "os.listdir", "os.scandir", "os.remove", "fcntl.flock", "os.truncate"):
        heard["host" if threading.current_thread() is threading.main_thread() else "background"].add(event)
meter = Meter(url, spool_dir=spool); record(meter, "warm"); assert meter.flush(20)
sys.addaudithook(listen)
record(meter, "now", 500); meter.stats(); assert meter.flush(20)
meter.close()
say(sorted(heard["host"]), "|", sorted(heard["background"]))
"""
    cold = program.replace('; record(meter, "warm"); assert meter.flush(20)', "")
    with RealServer(tmp_path / "data") as server:
        for one in (program, cold):
            host, background = run_host(one, server.url, tmp_path / "spool").split("|")
            assert host.strip() == "[]"
        assert "socket.connect" in background
        assert "open" in background
