import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "escarcelle.config.settings")
application = get_wsgi_application()

from escarcelle.ledger.checks import refuse_unguarded_books  # noqa: E402  Django must be ready first

refuse_unguarded_books()
# Each thread that answers opens its own.
connection.close()
# Every screen is loaded now. What is loaded once is then left out of the searches for rubbish, each of which took a page 80 ms.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
