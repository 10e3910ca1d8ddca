"""The settings of the house, with what tests need: quick passwords, mail kept in memory, static files where they lie.

Never used by a server.
"""

import os

os.environ.setdefault("SECRET_KEY", "a key for tests, which protect nothing")
os.environ["DEBUG"] = "0"

from escarcelle.config.settings import *  # noqa: F403  the environment comes first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# The hashed names exist only after collectstatic; one journey runs the real server with them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if DATABASES["default"]["ENGINE"] == "escarcelle.config.sqlite":  # noqa: F405
    # Said in so many words: with several workers pytest-django would otherwise invent a file name for a backend that is not Django's.
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  WhiteNoise looks for it
if DATABASES["default"]["ENGINE"] == "escarcelle.config.sqlite":  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
