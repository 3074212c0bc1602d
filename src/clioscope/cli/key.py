"""``clioscope key``: the master key of encrypted vaults."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.text import Text

from clioscope.cli.console import console, printable
from clioscope.errors import ConfigError
from clioscope.vault import RunFolder, run_lock
from clioscope.vault.master_key import decoded, from_file, new_key, to_keyring, use_key_file, write_file
from clioscope.vault.sealing import sealed_vault

NEW_KEY = "CLIOSCOPE_NEW_KEY"

app = typer.Typer(
    no_args_is_help=True,
    help="Make a master key for encrypted vaults, or change that of a run.",
    rich_markup_mode="rich",
    add_completion=False,
)


@app.command("new")
def new(
    file: Path | None = typer.Option(None, "--file", help="Write it to this file, which only you can read."),
    keyring: bool = typer.Option(False, "--keyring", help="Keep it in the system's keyring."),
) -> None:
    """Make a master key: 32 random bytes as base64, printed unless it is to be kept somewhere.

    Whoever has it can read the vaults that it is for, and without it nobody can: keep a copy in a safe place.
    """
    if file and keyring:
        raise ConfigError("--file and --keyring both say where the key is kept: give one of them.")
    key = new_key()
    if file:
        write_file(file, key)
        console().print(Text(f"A new key is in {file}. Without it nobody can read what it encrypts: keep a copy."))
    elif keyring:
        to_keyring(key)
        console().print("A new key is in the system's keyring.")
    else:
        typer.echo(key)


@app.command("rotate")
def rotate(
    run: Path = typer.Argument(..., help="A run's folder, such as runs/NAME."),
    key_file: Path | None = typer.Option(None, "--key-file", help="Where the key that it has now is."),
    new_key_file: Path | None = typer.Option(None, "--new-key-file", help="Where the new key is."),
    new_key: str = typer.Option("", envvar=NEW_KEY, help="The new key, from the environment alone.", hidden=True),
) -> None:
    """Give an encrypted run another master key. The keys of its users are wrapped anew, and no data is written again.

    The new key is that of --new-key-file, or of CLIOSCOPE_NEW_KEY. The old one then opens nothing any more.
    """
    use_key_file(key_file)
    if (new_key_file is None) == (not new_key):
        raise ConfigError(f"Say which key is the new one: --new-key-file FILE, or {NEW_KEY} in the environment.")
    master = from_file(new_key_file) if new_key_file else decoded(new_key, NEW_KEY)
    folder = RunFolder.existing(run)
    with run_lock(folder.vault):
        vault = sealed_vault(folder.vault)
        if vault is None:
            raise ConfigError(f"{run} is not encrypted, so that it has no key. --encrypt makes a run that is.")
        count = vault.keys.rotate(master, new_key_file)
    console().print(Text(printable(f"{run} has the new key; the keys of {count:,} users are wrapped by it.")))
