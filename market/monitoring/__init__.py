"""What an official should look at: gluts and shortages, prices that move, counties that sleep."""

from flask import Blueprint

bp = Blueprint("monitoring", __name__)

from market.monitoring import backlog
