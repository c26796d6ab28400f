"""`flask accounts create-administrator`, `one-time-password` and `reset-second-factor`."""

from __future__ import annotations

import click
from sqlalchemy import select

from market.accounts import bp, second_factor, services
from market.accounts.models import Account, Role, TraderType
from market.accounts.password_strength import password_problem
from market.accounts.passwords import hash_password
from market.accounts.recovery import (
    ONE_TIME_LIFETIME,
    issue_one_time_password,
    new_one_time_password,
)
from market.database import db, transaction
from market.regions.queries import home_region
from market.web.errors import DomainError
from market.web.forms import normalize_phone


@bp.cli.command("create-administrator")
@click.option("--name", prompt=True)
@click.option("--phone", prompt=True, help="A number; a foreign one with + in front.")
@click.password_option()
def create_administrator(name: str, phone: str, password: str) -> None:
    """Make an account that can administer; one the phone has already keeps its password."""
    try:
        phone = normalize_phone(phone)
    except ValueError:
        raise click.ClickException("That is no phone number.") from None
    if problem := password_problem(password, phone, name):
        raise click.ClickException(str(problem))
    password_hash = hash_password(password)
    try:
        with transaction():
            home = home_region()
            account = db.session.scalar(select(Account).where(Account.phone == phone))
            if account is None:
                account = services.register(
                    name, phone, password_hash, TraderType.COMPANY, home, for_office=True
                )
            services.grant_role(None, account, Role.ADMINISTRATOR, home)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"{account.name} ({phone}) is an administrator.")


@bp.cli.command("one-time-password")
@click.argument("phone")
def one_time_password(phone: str) -> None:
    """Let whoever forgot the password of PHONE log in once and choose another."""
    try:
        number = normalize_phone(phone)
    except ValueError:
        raise click.ClickException("That is no phone number.") from None
    password = new_one_time_password()
    password_hash = hash_password(password)
    try:
        with transaction():
            account = db.session.scalar(select(Account).where(Account.phone == number))
            if account is None:
                raise click.ClickException("No account has this number.")
            issue_one_time_password(None, account, password_hash)
            name = account.name
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    minutes = ONE_TIME_LIFETIME.total_seconds() / 60
    click.echo(f"{name} can log in once within {minutes:.0f} minutes with: {password}")


@bp.cli.command("reset-second-factor")
@click.argument("phone")
def reset_second_factor(phone: str) -> None:
    """Let PHONE log in without a code, whose app and recovery codes are lost."""
    try:
        number = normalize_phone(phone)
    except ValueError:
        raise click.ClickException("That is no phone number.") from None
    try:
        with transaction():
            account = db.session.scalar(select(Account).where(Account.phone == number))
            if account is None or not second_factor.has_second_factor(account):
                raise click.ClickException("No account with a second factor has this number.")
            second_factor.reset(None, account)
            name = account.name
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    click.echo(f"{name} logs in with the password alone, and sets up another second factor.")
