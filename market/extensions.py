"""The Flask extensions, made once and bound to the app by create_app."""

from __future__ import annotations

from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate

from market.web.csrf import AccountCSRF
from market.web.network import client_network

migrate = Migrate()
login = LoginManager()
csrf = AccountCSRF()
compress = Compress()
limiter = Limiter(client_network)
