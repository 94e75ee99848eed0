"""`make test-aws` and `make test-aws-clean`."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .account import Account, UnusableError
from .cleaning import clean
from .consent import announce, get_consent, longest_hours
from .exchanges import Exchanges
from .ledger import TAG, Ledger, MalformedLedger
from .main_job import MainJob, programs
from .model_probes import Artifacts, ModelProbes
from .probes import Probes
from .quotas import read_quotas
from .report import assumptions, report
from .results import Results

TOP = Path(__file__).resolve().parent.parent
# `make clean` leaves it alone: an open ledger is the only trace of what an interrupted run left in the account.
FOLDER = TOP / ".acceptance"
HELD, BROKEN, UNUSABLE = 0, 1, 2


def main() -> int:
    """Run the suite, or clean up after earlier runs.

    Exit code: 0 when every probed assumption held, 1 when one did not or something is left, 2 when nothing was done.
    """
    options = _parser().parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        return _clean(options.folder) if options.command == "clean" else _run(options)
    except UnusableError as reason:
        print(f"error: {reason}", file=sys.stderr)
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
    return UNUSABLE


def _interrupt(*_: object) -> None:
    """End the run and clean up, for Ctrl-C and `kill`; the second one is ignored."""
    _ignore_interrupts()
    raise KeyboardInterrupt


def _ignore_interrupts() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _run(options: argparse.Namespace) -> int:
    exchanges, results, artifacts = Exchanges(), Results(), _artifacts(options)
    if not (options.model_arn or artifacts):
        raise UnusableError("name an Active custom model: make test-aws MODEL_ARN=arn:aws:bedrock:…:custom-model/…")
    account = Account(options.model_arn, exchanges, role_arn=options.role_arn)
    other = options.other_model_arn or None
    print(announce(account, other_model=other, slow=options.slow, artifacts=artifacts), flush=True)
    account.check()
    hours = longest_hours(account, other_model=other, slow=options.slow, artifacts=artifacts)
    get_consent(account, hours=hours)
    ledger = Ledger.start(options.folder, region=account.region, account=account.number)
    _say(f"ledger: {_shown(ledger.path)}")
    job = MainJob(account, ledger, options.folder / ledger.run, programs(TOP), _say)
    probes = Probes(account, ledger, results, other_model=other, slow=options.slow, say=_say)
    of_models = ModelProbes(account, ledger, results, artifacts, _say) if artifacts else None
    results.skip_all(
        models="" if artifacts else "no S3_URI and ROLE_ARN were given",
        others="" if account.model_arn else "no MODEL_ARN was given",
    )
    complete = False
    try:
        if of_models:
            of_models.run()
        if account.model_arn:
            probes.run()
            job.run(other_model=other)
        complete = True
    except KeyboardInterrupt:
        _say("interrupted")
    except (ClientError, BotoCoreError, RuntimeError) as error:
        _say(f"the run ends: {error}")
    finally:
        _ignore_interrupts()
        _say("cleaning up; Ctrl-C is ignored until it is done")
        is_clean = clean(account.bedrock, ledger, _say)
    found = results.all()
    paths = [options.folder / f"{ledger.run}.{name}" for name in ("report.md", "exchanges.json")]
    quotas, creates = read_quotas(account.service_quotas), [*probes.creates.rows(), *job.creates.rows()]
    text = report(
        found,
        job.steps,
        assumptions(),
        quotas=quotas,
        creates=creates,
        models=of_models.creates if of_models else [],
        region=account.region,
        local=account.is_local,
    )
    paths[0].write_text(text)
    paths[1].write_text(exchanges.as_json(ledger))
    print(f"\n{paths[0].read_text()}\nIn {_shown(paths[0])} and {_shown(paths[1])}. Please report it as an issue.")
    if is_clean:
        ledger.close()
    else:
        print("Something is left, or may be: make test-aws-clean", file=sys.stderr)
    worked = job.worked or not account.model_arn
    return HELD if complete and is_clean and worked and not results.broken else BROKEN


def _artifacts(options: argparse.Namespace) -> Artifacts | None:
    """Return what to make custom models of, or None: the run makes some only when both are given."""
    if bool(options.s3_uri) != bool(options.role_arn):
        raise UnusableError("S3_URI and ROLE_ARN belong together: where the artifacts are, and the role to read them.")
    return Artifacts(options.s3_uri, options.role_arn) if options.s3_uri else None


def _clean(folder: Path) -> int:
    paths = sorted(folder.glob("*.ledger.jsonl"))
    if not paths:
        print("There is no ledger of a run that left something.")
    are_clean = [_clean_after(path) for path in paths]
    return HELD if all(are_clean) else BROKEN


def _clean_after(path: Path) -> bool:
    try:
        ledger = Ledger.load(path)
    except (MalformedLedger, OSError) as error:
        _say(f"{_shown(path)} can't be read: {error}. Look for what has the tag {TAG}, then delete the file")
        return False
    try:
        session = boto3.Session(region_name=ledger.region)
        caller = session.client("sts").get_caller_identity()["Account"]
        bedrock = session.client("bedrock", config=Config(signature_version="v4"))  # not AWS_BEARER_TOKEN_BEDROCK
    except (ClientError, BotoCoreError, RuntimeError) as error:  # RuntimeError: botocore's for expired credentials
        raise UnusableError(f"AWS can't be called with these credentials: {error}") from error
    if caller != ledger.account:
        _say(f"{_shown(ledger.path)} is of account {ledger.account}, but the credentials are of {caller}")
        return False
    _say(f"cleaning up after run {ledger.run}")
    if ledger.torn:
        _say(
            f"{_shown(path)} has lines that can't be read: {ledger.torn}. What they name is only looked for by its name"
        )
    is_clean = clean(bedrock, ledger, _say)
    if is_clean:
        ledger.close()
    return is_clean


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m acceptance",
        description="Prove or disprove each assumption about AWS in an account; make test-aws and make test-aws-clean.",
    )
    parser.add_argument("--folder", type=_path, default=FOLDER, help="where ledgers and reports are kept")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="prove or disprove the assumptions in the account that boto3 finds")
    run.add_argument("--model-arn", default="", help="an Active custom model")
    run.add_argument("--other-model-arn", default="", help="another one, for the update in place")
    run.add_argument("--slow", action="store_true", help="also make the probes that wait an hour")
    run.add_argument("--s3-uri", default="", help="artifacts of which the run makes custom models; with --role-arn")
    run.add_argument("--role-arn", default="", help="the role with which Amazon Bedrock reads the artifacts")
    commands.add_parser("clean", help="delete what interrupted runs left, by their ledgers")
    return parser


def _path(text: str) -> Path:
    return Path(text).resolve()


def _say(line: str) -> None:
    print(f"- {line}", flush=True)


def _shown(path: Path) -> str:
    return str(path.relative_to(TOP)) if path.is_relative_to(TOP) else str(path)


if __name__ == "__main__":
    sys.exit(main())
