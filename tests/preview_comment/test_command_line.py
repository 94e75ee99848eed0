"""`python -m pulumi_bedrock.preview_comment`, run as a user runs it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pulumi_bedrock.preview_comment
import pytest
from preview_comment.build import state, step, stream, urn
from preview_comment.goldens import GOLDENS, stored_comment
from pulumi_bedrock.preview_comment.__main__ import main

END = '{"sequence": 1, "summaryEvent": {"isPreview": true}}'
BUCKET = step("create", urn("logs", "aws:s3/bucket:Bucket"), None, state())


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pulumi_bedrock.preview_comment", *arguments],
        input=given,
        capture_output=True,
        check=False,
        # No UTF-8 in the environment: the output is UTF-8 all the same.
        env={"LC_ALL": "C", "PYTHONPATH": str(Path(pulumi_bedrock.preview_comment.__file__).parents[2])},
    )


def test_preview_is_read_from_file() -> None:
    done = run(str(GOLDENS / "drift.json"))
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, stored_comment("drift"), b"")


@pytest.mark.parametrize("dash", [(), ("-",)])
def test_preview_is_read_from_standard_input(dash: tuple[str, ...]) -> None:
    done = run(*dash, given=(GOLDENS / "drift.json").read_bytes())
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, stored_comment("drift"), b"")


def test_failed_preview_makes_comment() -> None:
    done = run(str(GOLDENS / "failing.json"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert "❌ **The preview of `engine-test/dev` failed: 1 error.**" in done.stdout.decode()


NOT_A_STREAM = "error: standard input is not the event stream of `pulumi preview --json`: "


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", f"{NOT_A_STREAM}it is empty; pulumi's standard"),
        (b'{"steps": [', f"{NOT_A_STREAM}it is not complete JSON: "),
        (
            b'{\n    "steps": []\n}',
            f"{NOT_A_STREAM}it is one JSON document; set PULUMI_ENABLE_STREAMING_JSON_PREVIEW=1 for `pulumi preview "
            "--json`\n",
        ),
        (b"\xfe{\x00", "error: standard input is neither UTF-8 nor UTF-16: "),
        (b"\xff\xfe{", "error: standard input is neither UTF-8 nor UTF-16: "),
    ],
)
def test_malformed_input_exits_with_2_and_one_line(given: bytes, said: str) -> None:
    done = run(given=given)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(said)
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_files_of_powershell_are_read(tmp_path: Path, encoding: str) -> None:
    """Its `>` writes UTF-16 with a byte order mark."""
    files = []
    for name in ("interrupted.json", "interrupted.state.json"):
        files.append(tmp_path / name)
        text = ("\ufeff" if encoding == "utf-16-be" else "") + (GOLDENS / name).read_text(encoding="utf-8")
        files[-1].write_bytes(text.encode(encoding))

    done = run(str(files[0]), "--state", str(files[1]))

    assert (done.returncode, done.stdout.decode()) == (0, stored_comment("interrupted"))


def test_state_adds_the_interrupted_operations() -> None:
    done = run(str(GOLDENS / "interrupted.json"), "--state", str(GOLDENS / "interrupted.state.json"))
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, stored_comment("interrupted"), b"")


def test_malformed_state_exits_with_2_and_one_line() -> None:
    preview = str(GOLDENS / "interrupted.json")
    done = run(preview, "--state", preview)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        f"error: {preview}: it is not the output of `pulumi stack export` (JSONDecodeError)\n"
    )


def test_missing_file_exits_with_2_and_one_line() -> None:
    done = run("nowhere.json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"error: can't read nowhere.json: No such file or directory\n"


def comment_of(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path, text: str, *flags: str) -> tuple[str, str]:
    file = tmp_path / "preview.json"
    file.write_text(text)
    assert main([str(file), *flags]) == 0
    out, err = capfdbinary.readouterr()
    return out.decode(), err.decode()


@pytest.fixture
def output(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path):
    return lambda text, *flags: comment_of(capfdbinary, tmp_path, text, *flags)


def test_project_and_stack_are_read_from_preview(output) -> None:
    out, err = output(stream(BUCKET))
    assert out.startswith("<!-- pulumi-bedrock-preview: shop/dev -->\n**Preview of `shop/dev`: ")
    assert err == ""


def test_project_and_stack_can_be_given(output) -> None:
    out, _ = output(stream(BUCKET), "--project", "other", "--stack", "acme/live")
    assert out.startswith("<!-- pulumi-bedrock-preview: other/acme%2Flive -->\n**Preview of `other/acme/live`: ")


def test_preview_without_stack_name_makes_comment(output) -> None:
    no = '{"sequence": 0, "diagnosticEvent": {"severity": "error", "message": "no"}}\n'
    out, err = output(no + END)
    assert out.startswith(
        "<!-- pulumi-bedrock-preview: unknown/unknown -->\n❌ **The preview of `unknown/unknown` failed"
    )
    assert err == "warning: the preview doesn't name its project and stack; give --project and --stack\n"
    out, err = output(END, "--project", "shop", "--stack", "dev")
    assert out == "<!-- pulumi-bedrock-preview: shop/dev -->\n**Preview of `shop/dev`: no changes.**\n"
    assert err == ""


def test_only_the_standard_library_is_imported() -> None:
    """It is a text tool: neither Pulumi nor boto3, nor anything else of this package."""
    allowed = sys.stdlib_module_names
    for path in Path(pulumi_bedrock.preview_comment.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert all(name.name.split(".")[0] in allowed for name in node.names), path
            elif isinstance(node, ast.ImportFrom):
                inside = node.level == 1
                assert inside or (node.level == 0 and (node.module or "").split(".")[0] in allowed), path
