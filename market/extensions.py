"""The Flask extensions, made once and bound to the app by create_app."""

from __future__ import annotations

from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from market.csrf import AccountCSRF
from market.database import Base
from market.language import RequestBabel
from market.network import client_network

db = SQLAlchemy(model_class=Base)
migrate = Migrate()
login = LoginManager()
csrf = AccountCSRF()
babel = RequestBabel()
compress = Compress()
limiter = Limiter(client_network)
