"""What is typed about a member."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from escarcelle.groups.members import PersonalDetails
from escarcelle.groups.models import Member
from escarcelle.lib.names import EMAIL_LENGTH, NAME_LENGTH, clean_email
from escarcelle.lib.refusals import Refusal
from escarcelle.web.fields import KeyField, LineField, MemberField
from escarcelle.web.screens import GroupRequest


class KeyForm(forms.Form):
    """An act that asks nothing but to be sure."""

    key = KeyField()


class InviteForm(KeyForm):
    """In which language whoever is invited reads the mail; French unless told otherwise."""

    language = forms.ChoiceField(label=_("Langue du message"), choices=settings.LANGUAGES, required=False)


def first_error(form: forms.Form) -> str:
    """What is wrong with a form whose boxes are not shown again."""
    return next(str(error) for errors in form.errors.values() for error in errors)


class MemberForm(forms.Form):
    """A person's name and contact. Only the last name is needed."""

    last_name = LineField(max_length=NAME_LENGTH, label=_("Nom"), error_messages={"required": _("Il manque un nom.")})
    first_name = LineField(max_length=NAME_LENGTH, label=_("Prénom"), required=False)
    email = LineField(max_length=EMAIL_LENGTH, label=_("Adresse e-mail"), required=False)
    phone = LineField(max_length=30, label=_("Téléphone"), required=False)
    key = KeyField()

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        try:
            return clean_email(typed) if typed else ""
        except Refusal as refusal:
            raise ValidationError(refusal.sentence(gettext), code=refusal.code) from refusal

    def details(self) -> PersonalDetails:
        """The details of a valid form."""
        typed = self.cleaned_data
        return PersonalDetails(typed["last_name"], typed["first_name"], typed["email"], typed["phone"])


class NewMemberForm(MemberForm):
    """The same for somebody new, perhaps the second person of a household."""

    household_of = MemberField(
        required=False,
        label=_("Foyer de"),
        empty_label=_("Une personne seule, ou la première du foyer"),
        help_text=_("Un foyer compte deux personnes au plus\u00a0: la première tient les comptes, les deux les voient."),
    )

    def __init__(self, request: GroupRequest, data: Any = None) -> None:
        super().__init__(data, initial={"household_of": request.GET.get("foyer", "")})
        free = request.group.members.present().households().filter(is_machine=False, second=None).by_name()
        self.fields["household_of"].queryset = free  # type: ignore[attr-defined]


def details_form(member: Member, data: Any = None) -> MemberForm:
    """A member's details, to be changed."""
    return MemberForm(data, initial={name: getattr(member, name) for name in ("last_name", "first_name", "email", "phone")})
