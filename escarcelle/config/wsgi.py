import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escarcelle.config.settings")
application = get_wsgi_application()

from escarcelle.ledger.checks import refuse_unguarded_books  # noqa: E402  Django must be ready first

refuse_unguarded_books()
# Each thread that answers opens its own.
connection.close()
