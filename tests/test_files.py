"""Files that are not as expected, and files that are written while others read them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from turkic_ties import files, hashing
from turkic_ties.files import FileError, read_yaml

BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{key}: &{key} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, key in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{i + 1}: &a{i + 1} {{<<: [{', '.join([f'*a{i}'] * 10)}]}}\n" for i in range(8)
)

YAML = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", "the key 'a' is there twice.*line 3"),
    "a key twice below": ("a: [{b: 1, b: 2}]\n", "the key 'b' is there twice.*line 1"),
    "a merge key twice": ("a: &a {x: 1}\nb: {<<: *a, <<: *a}\n", "'<<' is there twice"),
    "a list that contains itself": ("a: &a [*a]\n", "contains itself.*line 1"),
    "a mapping that contains itself": ("a: &a\n  b: *a\n", "contains itself"),
    "aliases that grow": (BOMB, "aliases make it too large"),
    "merges that grow": (MERGES, "aliases make it too large"),
    "depth": ("[" * 31 + "]" * 31, "too deep or too large"),
    "great depth": ("[" * 500_000, "too deep or too large"),
    "length": ("- a\n" * 240_000, "too deep or too large"),
    "ten megabytes": ("- a\n" * 2_500_000, "has 10000000 bytes, more than"),
    "a tag of Python": ("a: !!python/object/apply:os.system ['id']\n", "not valid YAML.*line 1"),
    "a tag of its own": ("a: !thing 1\n", "not valid YAML"),
    "a day that does not exist": ("a: 2024-02-31\n", "cannot be read: day is out of range"),
    "5,000 digits": (f"a: {'9' * 5000}\n", "cannot be read"),
    "a word for a number": ("a: !!int many\n", "cannot be read"),
    "a word for a time": ("a: !!timestamp soon\n", "cannot be read"),
    "a key that is a list": ("? [a]\n: 1\n", "not valid YAML"),
    "merge marks": ("a: 1\n<<<<<<< HEAD\nb: 2\n", "not valid YAML.*line 3"),
    "two documents": ("a: 1\n---\nb: 2\n", "not valid YAML"),
    "a tabulator": ("a:\n\tb: 1\n", "not valid YAML.*line 2"),
    "an unclosed quote": ('a: "b\n', "not valid YAML"),
    "a control character": ("a: \x07\n", "not valid YAML"),
    "Latin-1": ("a: Türkiye\n".encode("latin-1"), "line 1: is not UTF-8"),
    "Turkish": ("a: 1\nb: İş\n".encode("cp1254"), "line 2: is not UTF-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), "line 1: is not UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbfa: 1\n", "byte order mark"),
}


@pytest.mark.parametrize(("content", "said"), YAML.values(), ids=YAML)
def test_odd_yaml_is_refused_within_a_second_in_one_line(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    path = tmp_path / "odd.yml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    began = time.process_time()
    with pytest.raises(FileError, match=rf"(?s)odd\.yml.*{said}") as caught:
        read_yaml(path)
    assert time.process_time() - began < 1
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_bounds_of_yaml_are_met_from_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "fine.yml"
    path.write_text("[" * 30 + "]" * 30, encoding="utf-8")
    assert isinstance(read_yaml(path), list)
    monkeypatch.setattr(files, "MAX_YAML_NODES", 2_000)
    path.write_text("- a\n" * 1_990, encoding="utf-8")
    assert len(read_yaml(path)) == 1_990
    path.write_text("- a\n" * 2_000, encoding="utf-8")
    with pytest.raises(FileError, match="too large"):
        read_yaml(path)
    path.write_text("a" * files.MAX_YAML_BYTES, encoding="utf-8")
    assert len(read_yaml(path)) == files.MAX_YAML_BYTES
    path.write_text("a" * (files.MAX_YAML_BYTES + 1), encoding="utf-8")
    with pytest.raises(FileError, match="more than the 1000000"):
        read_yaml(path)


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert files.read_bytes(path, limit=3) == b"abc"
    with pytest.raises(FileError, match="has 3 bytes, more than the 2 that are read"):
        files.read_bytes(path, limit=2)


def test_aliases_and_merges_in_reason_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "fine.yml"
    path.write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a, *a]\n", encoding="utf-8")
    assert read_yaml(path) == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 1, "y": 3},
        "c": [{"x": 1, "y": 2}, {"x": 1, "y": 2}],
    }
    path.write_text("", encoding="utf-8")
    assert read_yaml(path) is None


def odd_file(path: Path, kind: str) -> None:
    """Put something that is no plain file at a path."""
    path.unlink(missing_ok=True)
    match kind:
        case "folder":
            path.mkdir()
        case "FIFO":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "link to nothing":
            path.symlink_to(path.with_name("nothing"))
        case "link to itself":
            path.symlink_to(path)
        case _:
            pass


KINDS = ["folder", "FIFO", "device", "link to nothing", "link to itself", "nothing"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    odd_file(tmp_path / "odd.yml", kind)
    with pytest.raises(FileError, match=r"odd\.yml (is not a file|is missing|cannot be read)"):
        read_yaml(tmp_path / "odd.yml")


def test_a_file_is_replaced_whole_and_keeps_its_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o640)
    files.write(path, "new")
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == ("new", 0o640)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write(path, "newer")
    assert path.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_hash_covers_names_and_contents(tmp_path: Path) -> None:
    one, other = tmp_path / "a", tmp_path / "b"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    both = hashing.of_files([one, other])
    assert hashing.of_files([other, one]) == both
    other.write_bytes(b"3")
    assert hashing.of_files([one, other]) != both
    other.write_bytes(b"2")
    assert hashing.of_files([one, other]) == both
    other.rename(tmp_path / "c")
    assert hashing.of_files([one, tmp_path / "c"]) != both
    assert both.startswith(hashing.PREFIX)


def test_what_is_made_of_files_is_kept_until_one_of_them_changes(tmp_path: Path) -> None:
    calls = []

    @files.once_per_state
    def joined(separator: str, *paths: Path) -> str:
        calls.append(separator)
        return separator.join(path.read_text() for path in paths)

    first, second = (tmp_path / name for name in "ab")
    first.write_text("1")
    second.write_text("2")
    assert [joined("-", first, second) for _ in range(2)] == ["1-2"] * 2
    assert joined("+", first, second) == "1+2"
    assert calls == ["-", "+"], "once for the same arguments"
    time.sleep(2 * files.TICK_NS / 1e9)
    assert [joined("-", first, second) for _ in range(2)] == ["1-2"] * 2
    assert calls == ["-", "+", "-"], "once more when the contents need not be compared any more"
    about = second.stat()
    second.write_text("3")
    os.utime(second, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert joined("-", first, second) == "1-3", "of the same size, and with the old time put back"
    second.write_text("4")
    assert joined("-", first, second) == "1-4", "changed again at once"
    second.unlink()
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            joined("-", first, second)
