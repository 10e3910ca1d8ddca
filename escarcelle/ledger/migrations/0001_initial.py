"""Writes the tables of the ledger and the triggers that protect them."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from escarcelle.ledger import schema


def write_tables(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        for statement in schema.statements(editor.connection.vendor):
            cursor.execute(statement)


def _book() -> tuple[str, models.ForeignKey]:
    return ("book", models.ForeignKey("ledger.Book", on_delete=models.PROTECT))


def _state(name: str, table: str, key: tuple[str, str], *fields: tuple[str, models.Field]) -> migrations.CreateModel:
    """What Django needs to know to point here; it creates nothing."""
    return migrations.CreateModel(
        name,
        [("pk", models.CompositePrimaryKey(*key, primary_key=True)), _book(), *fields],
        options={"managed": False, "db_table": table},
    )


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.RunPython(write_tables, elidable=False),
        migrations.CreateModel(
            "Book",
            [("id", models.BigAutoField(primary_key=True, serialize=False)), ("currency", models.CharField(max_length=3))],
            options={"managed": False, "db_table": "ledger_book"},
        ),
        _state("Account", "ledger_account", ("book_id", "no"), ("no", models.BigIntegerField())),
        _state("Operation", "ledger_operation", ("book_id", "no"), ("no", models.BigIntegerField())),
        _state("Transfer", "ledger_transfer", ("book_id", "seq"), ("seq", models.BigIntegerField())),
    ]
