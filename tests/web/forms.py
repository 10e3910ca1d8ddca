"""The forms of a page, as a browser without scripts would send them: every control, every button."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

NEVER_SENT = {"csrfmiddlewaretoken"}


@dataclass
class Control:
    """A box of a form. `value` is what the page put in it; `offered` the values of a list, a radio or a tick."""

    name: str
    kind: str
    value: str = ""
    style: str = ""
    is_sent: bool = True
    is_required: bool = False
    offered: list[str] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """ "amount-12" and "quantity_3" are rows of one kind: digits left out."""
        return self.name.rstrip("0123456789")


@dataclass
class Form:
    """A form that posts: where to, its controls in the order of the page, and its buttons."""

    path: str
    controls: list[Control]
    buttons: list[tuple[str, str]]
    takes_files: bool

    @property
    def act(self) -> str:
        """What its address says is done: "paiement" and "remboursement" of a basket ask the same things."""
        return next((word for word in reversed(self.path.split("/")) if word and not word.isdigit()), "")

    @property
    def asks(self) -> tuple[str, frozenset[str]]:
        """What it is about, and the kinds of boxes that it has."""
        return self.act, frozenset(control.stem for control in self.controls)

    @property
    def makes(self) -> tuple[str, ...]:
        """What it does and asks, however many rows of each kind, and how it is sent."""
        stems = (control.stem for control in self.controls)
        return tuple(dict.fromkeys([f"/{self.act}/", *stems, *(button for button, _value in self.buttons)]))

    def one_of_each(self) -> list[str]:
        """One name of each kind of row."""
        return list({control.stem: control.name for control in reversed(self.controls)}.values())[::-1]

    def boxes_of_numbers(self) -> list[str]:
        """One name of each kind of box that holds the number of something: lists, ticks, and what the page hides."""
        numbered = {one.name for one in self.controls if any(value.isdigit() for value in (*one.offered, one.value))}
        written = set(self.written_boxes())
        return [name for name in self.one_of_each() if name in numbered - written]

    def hidden_boxes(self) -> list[str]:
        """What the page says of itself: which line, which account."""
        return list(dict.fromkeys(control.name for control in self.controls if control.kind == "hidden"))

    def shown(self) -> dict[str, list[str]]:
        """What would be sent as it stands."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.kind != "file" and control.is_sent:
                sent.setdefault(control.name, []).append(control.value)
        return sent

    def typed(self) -> dict[str, list[str]]:
        """What a person in a hurry would send: what is there, and something likely where something is asked."""
        sent = self.shown()
        asked = {control.name: control for control in self.controls if control.is_required and control.kind != "file"}
        return {name: [value or (_likely(asked[name]) if name in asked else "") for value in values] for name, values in sent.items()}

    def written_boxes(self) -> list[str]:
        """The boxes in which anything can be written: no list of choices, no tick."""
        kinds = ("text", "email", "tel", "search", "textarea", "password")
        return list(dict.fromkeys(control.name for control in self.controls if control.kind in kinds))


def _likely(control: Control) -> str:
    if control.offered:
        return next((value for value in control.offered if value), "")
    if control.kind == "email" or control.name.endswith("email"):
        return "quelqu.un@exemple.fr"
    for style, value in (("money", "12,50"), ("date", "20/09/2026"), ("figure", "1")):
        if style in control.style.split():
            return value
    return "Quelque chose"


def forms_of(html: str, url: str) -> list[Form]:
    """Every form of a page that posts, with the controls that point to it from outside."""
    reader = _Reader()
    reader.feed(html)
    reader.join()
    found = []
    for form in reader.forms:
        if form["method"] == "post":
            path = urlsplit(urljoin(url, form["action"])).path
            found.append(Form(path, form["controls"], form["buttons"], form["takes_files"]))
    return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self._from_outside: list[tuple[str, dict]] = []
        self._open: dict | None = None
        self._list: Control | None = None
        self._text: Control | None = None

    def join(self):
        """Boxes and buttons outside their form, before or after it, belong to it."""
        by_id = {form["id"]: form for form in self.forms if form["id"]}
        for form_id, part in self._from_outside:
            for kind, found in part.items():
                by_id[form_id][kind] += found

    def handle_starttag(self, tag, pairs):
        attributes = {name: value or "" for name, value in pairs}
        if tag == "form":
            self._open = {
                "id": attributes.get("id", ""),
                "action": attributes.get("action", ""),
                "method": attributes.get("method", "get").lower(),
                "takes_files": "multipart" in attributes.get("enctype", ""),
                "controls": [],
                "buttons": [],
            }
            self.forms.append(self._open)
        elif tag == "option" and self._list is not None:
            value = attributes.get("value", "")
            self._list.offered.append(value)
            if "selected" in attributes or len(self._list.offered) == 1:
                self._list.value = value
        elif tag in ("input", "select", "textarea", "button"):
            self._control(tag, attributes)

    def _control(self, tag, attributes):
        name = attributes.get("name", "")
        if name in NEVER_SENT or "disabled" in attributes:
            return
        form = {"controls": [], "buttons": []} if "form" in attributes else self._open
        if "form" in attributes:
            self._from_outside.append((attributes["form"], form))
        if form is None:
            return
        kind = attributes.get("type", "text") if tag == "input" else tag
        if tag == "button" or kind == "submit":
            if attributes.get("type", "submit") == "submit":
                form["buttons"].append((name, attributes.get("value", "")))
        elif name:
            value = attributes.get("value", "on" if kind in ("checkbox", "radio") else "")
            is_sent = kind not in ("checkbox", "radio") or "checked" in attributes
            offered = [value] if kind in ("checkbox", "radio") else []
            control = Control(name, kind, value, attributes.get("class", ""), is_sent, "required" in attributes, offered)
            form["controls"].append(control)
            self._list = control if tag == "select" else None
            self._text = control if tag == "textarea" else None

    def handle_data(self, data):
        if self._text is not None:
            self._text.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._list = None
        elif tag == "textarea" and self._text is not None:
            # A browser leaves out the line break that follows the tag.
            self._text.value = self._text.value.removeprefix("\n")
            self._text = None
