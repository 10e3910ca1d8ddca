"""Django prints nothing for a name that does not exist; in tests, a wrong name in one of our templates fails.

Strict: `{{ name }}`, filters and their arguments, tag arguments, `{% for … in name %}` and the names inside blocktranslate.
Not strict: `{% if name %}`, which asks whether there is one; a name that is there and holds None; templates of other packages.
"""

import copy
from pathlib import Path

from django.template import Variable, VariableDoesNotExist, defaulttags
from django.template.base import UNKNOWN_SOURCE, FilterExpression, Parser, TokenType
from django.templatetags.i18n import BlockTranslateNode

OUR_TEMPLATES = str(Path(__file__).resolve().parent.parent / "escarcelle")


class WrongName(AssertionError):
    """A template names something that the view did not give it."""


class StrictVariable(Variable):
    def __init__(self, variable, template_name):
        super().__init__(variable.var)
        self.template_name = template_name

    def resolve(self, context):
        try:
            return super().resolve(context)
        except VariableDoesNotExist as error:
            raise WrongName(f"{self.template_name}: {self.var}") from error


def is_ours(origin):
    """Whether a template is one of the house, or written inside a test."""
    return origin is not None and origin.name.startswith((OUR_TEMPLATES, UNKNOWN_SOURCE))


def strict_twin(expression, parser):
    """The same expression, every name in it strict; constants have no names."""
    twin = copy.copy(expression)
    template_name = parser.origin.name
    if expression.is_var:
        twin.var = StrictVariable(expression.var, template_name)
    twin.filters = [
        (function, [(is_name, StrictVariable(argument, template_name) if is_name else argument) for is_name, argument in arguments])
        for function, arguments in expression.filters
    ]
    return twin


class AskingExpression(FilterExpression):
    """Strict, except for the tags that ask Django to overlook a missing name: if, firstof."""

    def __init__(self, token, parser):
        super().__init__(token, parser)
        self.strict = strict_twin(self, parser)

    def resolve(self, context, ignore_failures=False):
        if ignore_failures:
            return FilterExpression.resolve(self, context, ignore_failures)
        if isinstance(self.var, Variable):
            self.hand_over_translation(self.strict)
        return FilterExpression.resolve(self.strict, context)

    def hand_over_translation(self, strict):
        """`{% translate %}` tells its expression once it is parsed, and makes a variable of its constant."""
        if strict.is_var:
            strict.var.translate, strict.var.message_context = self.var.translate, self.var.message_context
        else:
            strict.var, strict.is_var = self.var, True


def compile_filter(parser, token):
    return (AskingExpression if is_ours(parser.origin) else FilterExpression)(token, parser)


def strict_for(parser, token):
    """Django overlooks a missing list too: a page whose only table is empty for ever."""
    node = defaulttags.do_for(parser, token)
    if is_ours(parser.origin):
        node.sequence = node.sequence.strict
    return node


def strict_blocktranslate(original):
    def render(node, context, nested=False):
        if is_ours(getattr(node, "origin", None)):
            known = {*node.extra_context, node.countervar}
            tokens = [*node.singular, *(node.plural or [])]
            for name in (token.contents for token in tokens if token.token_type == TokenType.VAR):
                if name not in known and name not in context:
                    raise WrongName(f"{node.origin.name}: {name}")
        return original(node, context, nested)

    return render


def install(monkeypatch):
    """Make the templates compiled from now on strict."""
    monkeypatch.setattr(Parser, "compile_filter", compile_filter)
    monkeypatch.setitem(defaulttags.register.tags, "for", strict_for)
    monkeypatch.setattr(BlockTranslateNode, "render", strict_blocktranslate(BlockTranslateNode.render))
