"""The command line: every command group in one place, and errors turned into exit codes.

Exit codes: 0 done, 1 a gate failed, 2 bad input, 3 finished with failures recorded,
130 interrupted. Command modules import at module level only typer; everything else
inside the function that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
import warnings

import typer

from widespectrum.cli import (
    audit,
    bench,
    bonsai,
    check,
    choose,
    compare,
    console,
    darkroom,
    demo,
    dose,
    edit,
    encodings,
    export,
    generate,
    import_data,
    instructions,
    judge,
    models,
    prompts,
    report,
    train,
)
from widespectrum.errors import WidespectrumError

app = typer.Typer(
    name="widespectrum",
    help="Does an image model obey the person who asked, or drag everything to a polished average?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

# Command groups register here, one line each, in the order of the help page.
app.command()(demo.demo)
app.command()(audit.audit)
app.command()(audit.analyse)
app.command()(instructions.instructions)
app.command()(choose.choose)
app.command()(choose.agreement)
app.command()(bench.bench)
app.command()(compare.compare)
app.command()(dose.dose)
app.command()(edit.edit)
app.command(name="import")(import_data.import_data)
app.command()(export.export)
app.command()(report.report)
app.command()(check.check)
app.command()(generate.generate)
app.add_typer(models.app, name="models")
app.add_typer(judge.app, name="judge")
app.add_typer(prompts.app, name="prompts")
app.add_typer(darkroom.app, name="darkroom")
app.add_typer(bonsai.app, name="bonsai")
app.add_typer(encodings.app, name="encodings")
app.add_typer(train.app, name="train")


def main() -> None:
    """Entry point of the ``widespectrum`` command."""
    warnings.showwarning = console.note
    try:
        app()
    except WidespectrumError as error:
        console.complain(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console.say("Interrupted. Run the same command again; what was done is kept.")
        sys.exit(130)


if __name__ == "__main__":
    main()
