"""`flask accounts create-administrator` and `one-time-password`."""

from __future__ import annotations

import click
from sqlalchemy import select

from market.accounts import bp, services
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
@click.option("--phone", prompt=True, help="A Chinese mobile or landline number.")
@click.password_option()
def create_administrator(name: str, phone: str, password: str) -> None:
    """Make an account that can administer; one the phone has already keeps its password."""
    try:
        phone = normalize_phone(phone)
    except ValueError:
        raise click.ClickException("Not a Chinese mobile or landline number.") from None
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
        raise click.ClickException("Not a Chinese mobile or landline number.") from None
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
