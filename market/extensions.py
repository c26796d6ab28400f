"""The Flask extensions, made once and bound to the app by create_app."""

from __future__ import annotations

from flask_compress import Compress
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from market.database import Base
from market.web.csrf import AccountCSRF
from market.web.language import RequestBabel
from market.web.network import client_network

db = SQLAlchemy(model_class=Base)
migrate = Migrate()
login = LoginManager()
csrf = AccountCSRF()
babel = RequestBabel()
compress = Compress()
limiter = Limiter(client_network)
