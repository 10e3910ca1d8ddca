"""Static files under names that hold a digest of their content: a browser keeps them for ever, and never a stale one."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]  # it ships no types


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # for the same reason
    """Also inside our own scripts: a module imports the others by their hashed names.

    Django can do it for every script or for none, and scripts of other packages name files that they do not ship."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
