"""The grid as a browser without scripts sees it: read the form from the page, type in its cells, press one of its buttons."""

from html.parser import HTMLParser

from django.urls import reverse

CELLS = ("subscription", "method", "received_on", "number", "bank", "label", "amount", "drawer", "written_on", "planned_on")


class FormReader(HTMLParser):
    """The successful controls of the form #grille, in the order of the page."""

    def __init__(self):
        super().__init__()
        self.controls, self.inside, self.select, self.textarea = [], False, None, None

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        if tag == "form":
            self.inside = attributes.get("id") == "grille"
        elif not self.inside:
            return
        elif tag == "input" and (attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes):
            self.add(attributes, attributes.get("value", ""))
        elif tag == "select":
            self.select = [attributes["name"], None]
        elif tag == "option" and self.select and (self.select[1] is None or "selected" in attributes):
            self.select[1] = attributes["value"]
        elif tag == "textarea":
            self.textarea = [attributes["name"], ""]

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "select" and self.select:
            self.controls.append(tuple(self.select))
            self.select = None
        elif tag == "textarea" and self.textarea:
            self.controls.append(tuple(self.textarea))
            self.textarea = None

    def add(self, attributes, value):
        if "name" in attributes:
            self.controls.append((attributes["name"], value))


class Grid:
    """One browser on the page. `lines` are dictionaries of cells, to be typed in; `press` sends them."""

    def __init__(self, client, contract):
        self.client = client
        self.url = reverse("web:bulk_payments", args=[contract.group.slug, contract.pk])
        self.response = client.get(self.url)
        assert self.response.status_code == 200
        self.read()

    def read(self):
        reader = FormReader()
        reader.feed(self.response.content.decode())
        self.around, columns = {}, {cell: [] for cell in CELLS}
        for name, value in reader.controls:
            if name in columns:
                columns[name].append(value)
            elif name != "csrfmiddlewaretoken":
                self.around.setdefault(name, []).append(value)
        assert len({len(column) for column in columns.values()}) == 1, {name: len(column) for name, column in columns.items()}
        self.lines = [dict(zip(CELLS, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]

    def of(self, subscription):
        return [line for line in self.lines if line["subscription"] == str(subscription.pk)]

    def type(self, subscription, amount, rank=0, **cells):
        self.of(subscription)[rank].update(amount=amount, **cells)

    def sent(self, act):
        return {**self.around, **{cell: [line[cell] for line in self.lines] for cell in CELLS}, "act": act}

    def press(self, act):
        self.response = self.client.post(self.url, self.sent(act))
        if self.response.status_code in (200, 409, 422):
            self.read()
        return self.response

    @property
    def html(self):
        return self.response.content.decode()
