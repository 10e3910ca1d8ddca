import pytest
from django.template import Context, Engine, Template
from django.utils import translation

from tests.strict_templates import WrongName


@pytest.mark.parametrize(
    "source",
    [
        "{{ totla }}",
        "{{ row.totla }}",
        "{{ totla|default:'' }}",
        "{{ row.total|add:totla }}",
        "{% for line in rows_of_yesterday %}{{ line }}{% endfor %}",
        "{% for line in row.rows_of_yesterday %}{{ line }}{% empty %}rien{% endfor %}",
        "{% if row.total > 1 %}{{ totla }}{% endif %}",
        "{% with amount=totla %}{{ amount }}{% endwith %}",
        "{% load i18n %}{% blocktranslate %}Reste {{ totla }}{% endblocktranslate %}",
        "{% load i18n %}{% translate totla %}",
    ],
)
def test_a_wrong_name_fails(source):
    with pytest.raises(WrongName, match=r"totla|rows_of_yesterday"):
        Template(source).render(Context({"row": {"total": 3}}))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ row.total }}", "3"),
        ("{{ row.nothing }}", "None"),
        ("{% if totla %}oui{% else %}non{% endif %}", "non"),
        ("{% if row.totla == 3 %}oui{% else %}non{% endif %}", "non"),
        ("{% firstof totla row.total %}", "3"),
        ("{% for line in row.lines %}{{ line }}{{ forloop.last }}{% empty %}rien{% endfor %}", "rien"),
        ("{% for a, b in row.pairs %}{{ a }}{{ b }}{% endfor %}", "12"),
        ("{% load i18n %}{% blocktranslate with amount=row.total %}Reste {{ amount }}{% endblocktranslate %}", "Reste 3"),
        ("{% load i18n %}{% blocktranslate count n=row.total %}un{% plural %}{{ n }} euros{% endblocktranslate %}", "3 euros"),
    ],
)
def test_what_exists_is_shown_and_if_may_ask(source, text):
    row = {"total": 3, "nothing": None, "lines": [], "pairs": [(1, 2)]}

    assert Template(source).render(Context({"row": row})) == text


def test_a_translation_is_one_here_too():
    source = '{% load i18n %}{% translate "Yes" %} {% translate answer %} {{ _("Yes") }}{% translate "No" as no %} {{ no }}'

    with translation.override("de"):
        assert Template(source).render(Context({"answer": "No"})) == "Ja Nein Ja Nein"


def test_templates_of_other_packages_stay_as_they_are(tmp_path):
    (tmp_path / "theirs.html").write_text("[{{ totla }}]")

    assert Engine(dirs=[str(tmp_path)]).get_template("theirs.html").render(Context({})) == "[]"
